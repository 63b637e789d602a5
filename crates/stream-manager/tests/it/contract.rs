//! The API keeps to its own description, as independent readers of it see it; and the clients work.

use crate::service::{Service, Setup};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A program that `script/test` has installed.
fn tool(name: &str) -> Command {
    let program = root().join("target/tools/bin").join(name);
    assert!(program.exists(), "{} is missing: script/test installs it", program.display());
    let mut command = Command::new(program);
    command.env("NO_COLOR", "1");
    command
}

#[track_caller]
fn succeed(command: &mut Command) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(status.success(), "{status}\n{}\n{}", told(&stdout), told(&stderr));
}

fn with_service(command: &mut Command, service: &Service) {
    succeed(command.env("STREAM_MANAGER_URL", service.url("")).env("STREAM_MANAGER_WS_URL", service.ws_url("/ws")));
}

#[test]
fn the_service_keeps_to_the_description_of_its_api() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let description = dir.path().join("openapi.json");
    std::fs::write(&description, service.get("/api/v1/openapi.json").to_string()).unwrap();
    succeed(tool("openapi-spec-validator").arg(&description));
    let or = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let ask = [
        // `script/soak contract` asks for all, and for more of each.
        &format!("--phases={}", or("PHASES", "fuzzing")),
        &format!("--max-examples={}", or("EXAMPLES", "10")),
        "--seed=1",
        "--request-timeout=20",
        "--generation-database=none",
        "--no-color",
    ];
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/schemathesis.toml");
    let url = service.url("/api/v1/openapi.json");
    succeed(
        tool("schemathesis")
            .args(["--config-file", settings.to_str().unwrap(), "run", &url])
            .args(ask)
            .current_dir(dir.path()),
    );
    let (status, health) = service.health("/health");
    assert!(status == 200 && !service.log().contains("a fault of the service"), "{health}\n{}", service.log());
}

#[test]
fn the_python_client_works() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let tests = ["-B", "-m", "unittest", "tests/test_client.py"];
    with_service(tool("python").args(tests).current_dir(root().join("clients/python")), &service);
}

#[test]
fn the_typescript_client_works_and_its_types_are_those_of_the_service() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let client = root().join("clients/typescript");
    let made = dir.path().to_str().unwrap();
    succeed(Command::new("node").args(["generate.mjs", &service.url(""), made]).current_dir(&client));
    for name in ["rest.ts", "protocol.ts"] {
        let [kept, made] = [client.join("src"), dir.path().to_owned()]
            .map(|folder| std::fs::read_to_string(folder.join(name)).unwrap());
        assert!(kept == made, "{name} is not of this service: `npm run generate` writes it");
    }
    with_service(Command::new("npm").args(["test", "--silent"]).current_dir(&client), &service);
}
