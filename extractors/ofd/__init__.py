"""OFD (GB/T 33190-2016), the national fixed-layout format: text and paths of each page, read by the geometry of PDF."""
