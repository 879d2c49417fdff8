"""Between the web server and the application: bodies, threads, processes."""
