"""Old and other Office formats: LibreOffice, where it is installed, makes .docx and .xlsx of them for our readers."""
