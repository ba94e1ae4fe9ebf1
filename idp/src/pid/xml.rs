//! The classic form of the PID service: XML over HTTP, as the original's clients write it. Owns how it is read and written.
//!
//! ```text
//! <method name="pidCprRequest" version="1.0">
//!   <request id="1"><serviceId>…</serviceId><pid>9208-2002-2-…</pid><b64Cert>…</b64Cert><cpr>…</cpr></request>
//! </method>
//! ```
//! is answered by the same `method` with a `response` for each `request`, its `status/@statusCode` and, where it was asked for, the `cpr`.

use saml_core::xml::{Doc, El, Elem, Limits};

use crate::domain::pid_service::Status;

const NAME: &str = "pidCprRequest";
const VERSION: &str = "1.0";
const BYTES: usize = 64 * 1024;
/// The longest `id`, in characters.
const ID: usize = 64;

/// One `request`, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub id: String,
    pub pid: Option<String>,
    pub certificate: Option<String>,
    pub cpr: Option<String>,
}

/// One `response`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    pub id: String,
    pub status: u16,
    pub name: &'static str,
    pub pid: Option<String>,
    pub cpr: Option<String>,
}

/// Reads a message of at most `most` requests.
pub(super) fn read(text: &str, most: usize) -> Result<Vec<Request>, Status> {
    let document = Doc::parse(text, &Limits::message(BYTES)).map_err(|_| Status::XmlParse)?;
    let root = document.root();
    if !root.is("", "method") || root.attr("name") != Some(NAME) {
        return Err(Status::NotPidServiceRequest);
    }
    if root.attr("version").unwrap_or(VERSION) != VERSION {
        return Err(Status::XmlVersion);
    }
    let requests: Result<Vec<Request>, Status> = root.all("", "request").map(request).collect();
    let requests = requests?;
    if requests.is_empty() || requests.len() > most {
        return Err(Status::NotPidServiceRequest);
    }
    Ok(requests)
}

fn request(element: El<'_>) -> Result<Request, Status> {
    let text = |name| {
        let child = element.one("", name).map_err(|_| Status::XmlParse)?;
        let text = child
            .map(|child| child.text().map_err(|_| Status::XmlParse))
            .transpose()?;
        Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
    };
    let id = element.attr("id").unwrap_or_default();
    if id.chars().count() > ID {
        return Err(Status::NotPidServiceRequest);
    }
    Ok(Request {
        id: id.to_owned(),
        pid: text("pid")?,
        certificate: text("b64Cert")?,
        cpr: text("cpr")?,
    })
}

/// Writes the answers; nothing where a value cannot be written.
pub(super) fn write(responses: &[Response]) -> Option<String> {
    let one = |response: &Response| {
        let status = Elem::new("status")
            .attr("statusCode", response.status.to_string())
            .text(response.name);
        let said = |name, value: &Option<String>| value.as_ref().map(|value| Elem::new(name).text(value.as_str()));
        // A request without an id is answered without one: two of them would be told apart by nothing.
        let answer = Elem::new("response");
        let answer = if response.id.is_empty() {
            answer
        } else {
            answer.attr("id", response.id.as_str())
        };
        answer
            .child(status)
            .child_opt(said("pid", &response.pid))
            .child_opt(said("cpr", &response.cpr))
    };
    let method = Elem::new("method")
        .attr("name", NAME)
        .attr("version", VERSION)
        .children(responses.iter().map(one));
    method.write().ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const GOOD: &str = "<method name=\"pidCprRequest\" version=\"1.0\"><request id=\"a1\"><serviceId>40</serviceId>\
                        <pid>9208-2002-2-000000000001</pid><cpr>6702850123</cpr></request></method>";

    #[test]
    fn a_classic_request_is_read_and_answered() {
        let read = read(GOOD, 10).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(
            (read[0].id.as_str(), read[0].cpr.as_deref()),
            ("a1", Some("6702850123"))
        );
        let answer = write(&[Response {
            id: "a\"<1".into(),
            status: 1,
            name: "NO_MATCH",
            pid: Some("9208-2002-2-000000000001".into()),
            cpr: None,
        }]);
        let answer = answer.unwrap();
        let document = Doc::parse(&answer, &Limits::message(BYTES)).unwrap();
        let response = document.root().one("", "response").unwrap().unwrap();
        assert_eq!(response.attr("id"), Some("a\"<1"));
        let status = response.one("", "status").unwrap().unwrap();
        assert_eq!(
            (status.attr("statusCode"), status.text().unwrap().as_str()),
            (Some("1"), "NO_MATCH")
        );
        assert!(response.one("", "cpr").unwrap().is_none());
    }

    #[test]
    fn requests_without_an_id_are_answered_without_one() {
        let one = Response {
            id: String::new(),
            status: 1,
            name: "NO_MATCH",
            pid: None,
            cpr: None,
        };
        let answer = write(&[one.clone(), one]).unwrap();
        let document = Doc::parse(&answer, &Limits::message(BYTES)).unwrap();
        let ids: Vec<_> = document.root().all("", "response").map(|one| one.attr("id")).collect();
        assert_eq!(ids, [None, None]);
    }

    #[test]
    fn what_is_not_a_request_is_told_so() {
        let of = |from: &str, to: &str| GOOD.replace(from, to);
        let table = [
            ("<method".to_owned(), Status::XmlParse),
            (format!("<!DOCTYPE method [<!ENTITY x \"y\">]>{GOOD}"), Status::XmlParse),
            (of("pidCprRequest", "ridRequest"), Status::NotPidServiceRequest),
            (of("version=\"1.0\"", "version=\"2.0\""), Status::XmlVersion),
            (of("request", "demand"), Status::NotPidServiceRequest),
            (of("</cpr>", "</cpr><cpr>1</cpr>"), Status::XmlParse),
        ];
        for (text, status) in table {
            assert_eq!(read(&text, 10), Err(status), "{text}");
        }
        let long = of("id=\"a1\"", &format!("id=\"{}\"", "a".repeat(65)));
        assert_eq!(read(&long, 10), Err(Status::NotPidServiceRequest));
        let twice = of("</request>", "</request><request/>");
        assert_eq!(read(&twice, 2).unwrap().len(), 2);
        assert_eq!(read(&twice, 1), Err(Status::NotPidServiceRequest), "too many");
    }
}
