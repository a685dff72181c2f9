//! The oracles themselves: programs that are started, asked and believed.

use std::{
    cell::RefCell,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

/// One long-lived Python process that answers JSON lines.
pub(crate) struct Python {
    process: RefCell<Process>,
}

struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Python {
    /// Starts it: the interpreter of `CLAVIGER_ORACLES_PYTHON`, or the one that `cargo xtask test` installs.
    pub(crate) fn start() -> Self {
        let python = match std::env::var_os("CLAVIGER_ORACLES_PYTHON") {
            Some(path) => path.into(),
            None => servers::install::oracle_python().unwrap_or_else(|error| panic!("no Python oracle: {error}")),
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oracles/oracle.py");
        let mut child = Command::new(&python)
            .args(["-B", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("the Python oracle {} does not start: {error}", python.display()));
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { process: RefCell::new(Process { child, input, output }) }
    }

    /// Asks for one operation of `oracle.py`; `Err` is what Python raised.
    pub(crate) fn ask(&self, operation: &str, arguments: &[Value]) -> Result<Value, String> {
        let mut request = vec![Value::from(operation)];
        request.extend_from_slice(arguments);
        let mut process = self.process.borrow_mut();
        writeln!(process.input, "{}", Value::Array(request)).unwrap();
        let mut line = String::new();
        process.output.read_line(&mut line).unwrap();
        let mut answer: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("the Python oracle ended during {operation}"));
        match answer["error"].take() {
            Value::String(raised) => Err(raised),
            _ => Ok(answer["ok"].take()),
        }
    }

    /// The DER that Python writes for a key it reads with `operation`.
    pub(crate) fn key(&self, operation: &str, form: &str) -> Result<Vec<u8>, String> {
        self.ask(operation, &[json!(form)]).map(|answer| bytes(&answer))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let child = &mut self.process.get_mut().child;
        // Ends this process alone, by its own handle.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Base64 in an answer.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

/// Bytes in a question.
pub(crate) fn text(bytes: &[u8]) -> Value {
    Value::String(Base64::encode_string(bytes))
}

/// Runs `openssl` with `input`; `Err` is what it says on standard error.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("no OpenSSL oracle: {error}"));
    // A refusal may come before all of the input is read.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

/// Runs `ssh-keygen` with a file that holds `content`, named behind the last argument.
pub(crate) fn ssh_keygen(folder: &Path, arguments: &[&str], content: &str) -> Result<String, String> {
    let file = folder.join("key");
    std::fs::write(&file, content).unwrap();
    let output = Command::new("ssh-keygen")
        .args(arguments)
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("no ssh-keygen oracle: {error}"));
    let read = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(read(&output.stdout)) } else { Err(read(&output.stderr)) }
}
