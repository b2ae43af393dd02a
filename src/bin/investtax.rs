//! The command line: see [`investtax::cli`].

fn main() -> std::process::ExitCode {
    investtax::cli::run()
}
