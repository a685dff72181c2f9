//! Prints a file that is generated from the table: the window's TypeScript interface, or with `capabilities` the
//! permission list. `cargo xtask bindings` writes both where they belong.

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("capabilities") => print!("{}", contract::capabilities::generate()),
        _ => print!("{}", contract::typescript::generate()),
    }
}
