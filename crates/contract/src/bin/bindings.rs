//! Prints the window's TypeScript interface; `cargo xtask bindings` writes it to `ui/src/host/contract.gen.ts`.

fn main() {
    print!("{}", contract::typescript::generate());
}
