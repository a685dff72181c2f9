//! Hands the table of commands to Tauri as the app's permission list. Without it every command would be allowed.

fn main() {
    let names: Vec<&'static str> = contract::COMMANDS.iter().map(|row| row.name).collect();
    let manifest = tauri_build::AppManifest::new().commands(Vec::leak(names));
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error=tauri build: {error:#}");
        std::process::exit(1);
    }
}
