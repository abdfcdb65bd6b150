"""How many keys become few upstream calls, and who is who: loaders of one request over what the process knows."""
