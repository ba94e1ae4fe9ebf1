//! Strangers made by the thousand: they hold open log-ins, have addresses that nobody has, and send passwords that are wrong. No
//! browser stands behind them, so that the driver costs less than what it drives.

use std::net::Ipv4Addr;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use crate::html;
use crate::relying::Lab;

/// An open log-in: its address, its cookies and what its form must carry.
#[derive(Clone, Debug)]
pub struct Open {
    pub url: Url,
    pub cookies: String,
    pub csrf: String,
}

/// How a password was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Tried, and wrong.
    Tried,
    /// A place in the line.
    Waits,
    /// The line is full.
    Full,
    /// 503 for another reason: the dam, a queue.
    TurnedAway,
    /// Anything else.
    Odd(u16),
    /// No answer.
    None,
}

impl Open {
    /// Begins a log-in as a program does. `None` when the house does not let it.
    pub async fn at(client: &Client, lab: &Lab) -> Option<Self> {
        let answer = client.get(lab.asks("openid", &[]).url).send().await.ok()?;
        let to = answer.headers().get(LOCATION)?.to_str().ok()?;
        let url = answer.url().join(to).ok()?;
        let cookies = cookies(&answer);
        let shown = client.get(url.clone()).header(COOKIE, &cookies).send().await.ok()?;
        let page = shown.text().await.ok()?;
        let form = html::forms(&page).into_iter().find(|form| form.method == "post")?;
        let (_, csrf) = form.fields.into_iter().find(|(name, _)| name == "csrf")?;
        Some(Self { url, cookies, csrf })
    }

    /// Sends user-ID and password; with a ticket of the waiting room, and from an address, where there are.
    pub async fn tries(
        &self,
        client: &Client,
        (user_id, password): (&str, &str),
        from: Option<Ipv4Addr>,
        ticket: Option<&str>,
    ) -> (Answer, Option<String>) {
        let fields = [
            ("csrf", self.csrf.as_str()),
            ("user_id", user_id),
            ("password", password),
        ];
        let cookies = match ticket {
            Some(ticket) => format!("{}; {ticket}", self.cookies),
            None => self.cookies.clone(),
        };
        let mut request = client
            .post(self.url.clone())
            .header(COOKIE, cookies)
            .header("accept", "application/json")
            .form(&fields);
        if let Some(from) = from {
            request = request.header("x-forwarded-for", from.to_string());
        }
        let Ok(answer) = request.send().await else {
            return (Answer::None, None);
        };
        let ticket = given(&answer, "place");
        let status = answer.status();
        let Ok(body) = answer.text().await else {
            return (Answer::None, None);
        };
        let says = |code: &str| body.contains(&format!("\"{code}\""));
        let kind = match status {
            StatusCode::OK if says("login.failed") => Answer::Tried,
            StatusCode::SERVICE_UNAVAILABLE if says("login.wait") => Answer::Waits,
            StatusCode::SERVICE_UNAVAILABLE if says("login.full") => Answer::Full,
            StatusCode::SERVICE_UNAVAILABLE => Answer::TurnedAway,
            other => Answer::Odd(other.as_u16()),
        };
        (kind, ticket)
    }
}

/// A client that keeps no cookies and follows nothing.
pub fn client(builder: reqwest::ClientBuilder) -> Client {
    builder
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(256)
        .build()
        .expect("client")
}

/// The n-th of four billion addresses, far from the one before it; never of this machine's own network.
pub fn address(number: u32) -> Ipv4Addr {
    let address = Ipv4Addr::from_bits(number.wrapping_mul(2_654_435_761).wrapping_add(0x0100_0000));
    if address.is_loopback() {
        Ipv4Addr::from_bits(address.to_bits() ^ 0x4000_0000)
    } else {
        address
    }
}

fn cookies(answer: &Response) -> String {
    let set = answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let pairs: Vec<&str> = set.filter_map(|cookie| cookie.split(';').next()).collect();
    pairs.join("; ")
}

fn given(answer: &Response, name: &str) -> Option<String> {
    let mut set = answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let cookie = set.find_map(|cookie| cookie.split(';').next().filter(|pair| pair.contains(name)))?;
    Some(cookie.to_owned())
}
