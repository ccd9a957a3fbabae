measure_tcp() { :; }
