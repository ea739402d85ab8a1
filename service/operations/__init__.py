"""What the service can do, one verb a file. Every operation takes the Context first."""
