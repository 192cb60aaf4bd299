//! The checks that every request passes: the name by which it calls the service, the page that it
//! comes from, and its token; and the headers of every answer.

use super::answer;
use super::app::App;
use super::problem::{Problem, ProblemKind};
use super::routes::{self, Access};
use super::tokens::Role;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// The names by which a service may be called; on an address that other machines reach, any unless
/// some are named. A page that lets its own name
/// point to this machine (DNS rebinding) calls it by another.
pub struct Names {
    is_local: bool,
    others: Vec<String>,
}

impl Names {
    pub fn new(is_local: bool, others: &[String]) -> Self {
        let others = others
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .collect();
        Names { is_local, others }
    }

    fn holds(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        let address = name.trim_start_matches('[').trim_end_matches(']');
        let is_local = name == "localhost"
            || address
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        let any = !self.is_local && self.others.is_empty();
        any || is_local || self.others.contains(&name)
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Answers a request, or refuses it.
pub async fn guard(
    State(app): State<Arc<App>>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let route = routes::name(matched.as_ref().map(MatchedPath::as_str));
    let running = app.metrics.running();
    let checked = verify(
        &app,
        route,
        request.method(),
        request.uri(),
        request.headers(),
    );
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            let (parts, body) = request.into_parts();
            answer::refuse(problem, &parts.headers, body).await
        }
    };
    drop(running);
    protect(response.headers_mut());
    let status = response.status().as_u16();
    app.metrics.answered(route, status, begun.elapsed());
    response
}

fn verify(
    app: &App,
    route: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = uri.authority().map(|authority| authority.as_str());
    let host = host.or_else(|| text(header::HOST)).unwrap_or_default();
    if !app.names.holds(host) {
        let detail = format!("the service is not called `{host}`; --host allows a name");
        return Err(Problem::new(ProblemKind::Host, detail));
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        verify_site(
            host,
            text(header::ORIGIN),
            text(HeaderName::from_static(SITE)),
        )?;
    }
    let bearer = text(header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let least = match routes::access(route, method) {
        Access::Open => return Ok(()),
        Access::Reader => Role::Reader,
        Access::Annotator if app.asks_for_tokens() => Role::Editor,
        Access::Annotator => Role::Reader,
        Access::Editor => Role::Editor,
    };
    match app.role(bearer) {
        Some(role) if role >= least => Ok(()),
        Some(_) if bearer.is_some() => {
            let detail = "an editor's token is needed, which the file of --token-file names";
            Err(Problem::new(ProblemKind::Forbidden, detail))
        }
        _ => {
            let detail = "send `Authorization: Bearer TOKEN` with a token of this service";
            Err(Problem::new(ProblemKind::Unauthorized, detail))
        }
    }
}

const SITE: &str = "sec-fetch-site";

/// Refuses what a page of another site sends.
fn verify_site(host: &str, origin: Option<&str>, site: Option<&str>) -> Result<(), Problem> {
    let is_own = |origin: &str| {
        let own = origin.split_once("://").map(|(_, host)| host);
        own.is_some_and(|own| own.eq_ignore_ascii_case(host))
    };
    match origin.is_none_or(is_own) && site.is_none_or(|s| matches!(s, "same-origin" | "none")) {
        true => Ok(()),
        false => {
            let detail = "a page of another site may not send this";
            Err(Problem::new(ProblemKind::Forbidden, detail))
        }
    }
}

/// Sets the headers that keep browsers from doing more with an answer than showing it.
fn protect(headers: &mut HeaderMap) {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                          connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                          frame-ancestors 'none'";
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CACHE_CONTROL, "no-store");
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        let local = Names::new(true, &["Desk.example".to_string()]);
        for name in [
            "localhost:80",
            "127.0.0.1",
            "127.1.2.3:9",
            "[::1]:8",
            "LOCALHOST",
            "desk.example:443",
        ] {
            assert!(local.holds(name), "{name}");
        }
        for name in [
            "evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:80",
            "",
            "localhost.",
            "[::2]",
        ] {
            assert!(!local.holds(name), "{name}");
        }
        assert!(Names::new(false, &[]).holds("any.example"));
        let named = Names::new(false, &["desk.example".to_string()]);
        assert!(named.holds("desk.example") && !named.holds("evil.example"));
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let refused = |origin, site| verify_site("localhost:80", origin, site).is_err();
        assert!(!refused(None, None));
        assert!(!refused(Some("http://localhost:80"), Some("same-origin")));
        assert!(!refused(None, Some("none")));
        for origin in ["http://localhost:81", "null", "http://evil.example", ""] {
            assert!(refused(Some(origin), None), "{origin}");
        }
        assert!(refused(None, Some("cross-site")) && refused(None, Some("same-site")));
    }
}
