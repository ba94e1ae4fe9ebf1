//! The two programs as this house runs them: its folder, its settings, a clean environment.

use std::process::Command;

use super::House;
use crate::program::{Program, binary, output, run};

impl House {
    /// The program `idp` with this house's configuration and settings.
    pub fn idp(&self) -> Command {
        let mut command = Command::new(binary("idp"));
        self.around(&mut command);
        command
            .arg("--config")
            .arg(self.config("idp.toml"))
            .env("IDP__STORAGE__URL", &self.storage_url);
        command.envs(self.settings.iter().map(|(key, value)| (key, value)));
        if self.sites.is_some() {
            command.env("IDP__SERVER__TLS__CERTIFICATE", self.folder().join("tls.pem"));
            command.env("IDP__SERVER__TLS__KEY", self.folder().join("tls.key"));
            command.env("IDP__DEMO__PUBLIC", "true");
        }
        command
    }

    pub(super) fn sp_demo(&self) -> Command {
        let mut command = Command::new(binary("sp-demo"));
        self.around(&mut command);
        command.arg("--config").arg(self.config("sp-demo.toml"));
        if let Some(sites) = &self.sites {
            command.env("SP_DEMO__TLS__CERTIFICATE", self.folder().join("tls.pem"));
            command.env("SP_DEMO__TLS__KEY", self.folder().join("tls.key"));
            command.env("SP_DEMO__EXTRA_CA", self.folder().join("ca.pem"));
            for name in ["skat", "borger"] {
                let url = format!("https://{}:{}", sites.of(name), self.ports.services);
                command.env(format!("SP_DEMO__SERVICES__{}__PUBLIC_URL", name.to_uppercase()), url);
            }
        }
        command
    }

    /// What both programs have in common: folder, a clean environment, names of our own sites.
    fn around(&self, command: &mut Command) {
        if let Some(sites) = &self.sites {
            sites.wrap(command, self.folder.path());
        }
        let inherited: Vec<_> = std::env::vars_os()
            .filter(|(name, _)| {
                name.to_string_lossy().starts_with("IDP__") || name.to_string_lossy().starts_with("SP_DEMO")
            })
            .collect();
        for (name, _) in inherited {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path());
    }

    /// Runs a command of `idp` to its end; what it printed.
    pub fn idp_says(&self, arguments: &[&str]) -> String {
        run(self.idp().args(arguments))
    }

    /// The same, whether it succeeds or not: exit code, output, errors.
    pub fn idp_tries(&self, arguments: &[&str]) -> (i32, String, String) {
        let done = output(self.idp().args(arguments));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (done.status.code().unwrap_or(-1), text(done.stdout), text(done.stderr))
    }

    /// The same, started through another program: `strace` and its options.
    pub async fn idp_opens_through(&mut self, through: &[&str]) {
        let mut inner = self.idp();
        inner.arg("serve");
        let mut command = Command::new(through.first().expect("a program"));
        command
            .args(&through[1..])
            .arg(inner.get_program())
            .args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.current_dir(self.folder());
        let mut program = Program::start("idp", command, self.folder.path());
        let ready = format!("{}/health/ready", self.management());
        program.ready_at(&self.client().build().expect("client"), &ready).await;
        self.idp = Some(program);
    }
}
