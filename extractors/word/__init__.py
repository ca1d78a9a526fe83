"""Word documents (.docx, .docm): a walk over the parts of the package, no Word needed."""
