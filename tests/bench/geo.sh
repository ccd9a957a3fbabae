measure_geo() { :; }
