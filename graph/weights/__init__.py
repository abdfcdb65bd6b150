"""What an operation weighs, found before it runs: the size of its document, its cost in points, how long its answer keeps."""
