//! Debian's nginx and HAProxy in front of a house, as an operator would set them up; one connection to the house is kept and
//! shared by everybody who comes. Ended when dropped.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::house::House;
use crate::program::{Program, free_port};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Haproxy,
}

/// A proxy that runs.
pub struct Front {
    pub port: u16,
    _program: Program,
}

impl Front {
    pub async fn of(house: &House, kind: Kind) -> Self {
        let port = free_port();
        let folder = house.folder().join(format!("{kind:?}").to_lowercase());
        fs::create_dir_all(&folder).expect("folder");
        let house_port = house.issuer().rsplit(':').next().expect("port").to_owned();
        let (program, arguments, text) = match kind {
            Kind::Nginx => (
                "nginx",
                vec!["-p", ".", "-e", "error.log", "-c"],
                nginx(port, &house_port),
            ),
            Kind::Haproxy => ("haproxy", vec!["-db", "-f"], haproxy(port, &house_port)),
        };
        let file = folder.join("front.conf");
        fs::write(&file, text).expect("configuration");
        let mut command = Command::new(found(program));
        command.args(arguments).arg(&file).current_dir(&folder);
        let mut program = Program::start(program, command, &folder);
        let client = house.client().build().expect("client");
        program
            .ready_at(&client, &format!("http://127.0.0.1:{port}/robots.txt"))
            .await;
        Self {
            port,
            _program: program,
        }
    }
}

fn found(name: &str) -> String {
    let known = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"].map(|folder| format!("{folder}/{name}"));
    let there = known.into_iter().find(|path| Path::new(path).exists());
    there.unwrap_or_else(|| panic!("{name} is missing: run `make setup`"))
}

fn nginx(port: u16, house: &str) -> String {
    format!(
        "daemon off; master_process off; pid nginx.pid; error_log error.log;\n\
         events {{ worker_connections 256; }}\n\
         http {{\n\
           access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n\
           upstream house {{ server 127.0.0.1:{house}; keepalive 1; }}\n\
           server {{\n\
             listen 127.0.0.1:{port};\n\
             location / {{\n\
               proxy_pass http://house; proxy_http_version 1.1; proxy_set_header Connection \"\";\n\
               proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
             }}\n\
           }}\n\
         }}\n"
    )
}

fn haproxy(port: u16, house: &str) -> String {
    let patience = Duration::from_secs(20).as_millis();
    format!(
        "global\n  maxconn 256\n\
         defaults\n  mode http\n  timeout connect {patience}\n  timeout client {patience}\n  timeout server {patience}\n\
         \x20 option forwardfor\n  http-reuse always\n\
         frontend street\n  bind 127.0.0.1:{port}\n  default_backend house\n\
         backend house\n  server one 127.0.0.1:{house} maxconn 1\n"
    )
}
