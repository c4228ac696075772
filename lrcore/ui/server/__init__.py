"""What belongs to the server and not to a page: its files, its headers, its start."""
