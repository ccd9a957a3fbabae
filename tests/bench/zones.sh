measure_load() { :; }
