"""What the office does with a Document: records, values, findings, the warehouse. Knows registers, no file format."""
