//! Known items for each server, put in and read back through plain HTTP.
