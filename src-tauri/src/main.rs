//! claviger.
fn main() {}
