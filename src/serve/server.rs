//! Connections, signals, and the end.

use super::app::App;
use super::patience::Patient;
use super::routes::router;
use super::{Options, ServeLimits, learning};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use standpoint::{Error, Result};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// Connections at once; further ones wait in the queue of the system.
const CONNECTIONS: usize = 1024;
/// Threads that read and write; others score.
const IO_THREADS: usize = 2;

/// A request of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Models and tokens are read again.
    Reload,
    /// The service ends, because somebody interrupted it or for another reason.
    Stop { interrupted: bool },
}

/// Hands signals to the service.
#[derive(Debug, Clone)]
pub struct SignalSender(UnboundedSender<Signal>);

/// Signals that the service waits for.
#[derive(Debug)]
pub struct Events(UnboundedReceiver<Signal>);

/// Returns the two ends of a queue of signals.
pub fn signals() -> (SignalSender, Events) {
    let (send, receive) = unbounded_channel();
    (SignalSender(send), Events(receive))
}

impl SignalSender {
    /// Hands a signal on; false where the service is not there any more.
    pub fn send(&self, signal: Signal) -> bool {
        self.0.send(signal).is_ok()
    }
}

/// Serves until a signal says otherwise. Hands the address to `listening`, once requests are taken,
/// and messages to `note`. True where the end was an interrupt.
///
/// # Errors
/// For models, tokens and addresses that are refused, and what `listening` returns.
pub fn run(
    options: &Options,
    events: Events,
    note: fn(&str),
    listening: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<bool> {
    let app = Arc::new(App::new(options)?);
    take_inbox(app.clone(), options, note)?;
    let threads = options.limits.concurrency.saturating_add(IO_THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(IO_THREADS)
        .max_blocking_threads(threads)
        .enable_all()
        .build()
        .map_err(|e| Error::io("start threads", e))?;
    let served = runtime.block_on(serve(options, app, events, note, listening));
    // Work whose client is gone is not waited for.
    runtime.shutdown_background();
    served
}

async fn serve(
    options: &Options,
    app: Arc<App>,
    mut events: Events,
    note: fn(&str),
    listening: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<bool> {
    let refused = |e| Error::io("listen", e).at(options.listen);
    let listener = TcpListener::bind(options.listen).await.map_err(refused)?;
    listening(listener.local_addr().map_err(refused)?)?;
    let (service, connections) = (router(app.clone()), Connections::new(listener));
    let graceful = GracefulShutdown::new();
    let interrupted = loop {
        match either(connections.next(), events.0.recv()).await {
            Either::First((stream, place)) => {
                let watcher = graceful.watcher();
                let connection = connection(stream, &service, &app.limits);
                tokio::spawn(async move {
                    // A connection that fails has lost its client, who is told nothing more.
                    let _ = watcher.watch(connection).await;
                    drop(place);
                });
            }
            Either::Second(Some(Signal::Reload)) => reload(app.clone(), note),
            Either::Second(Some(Signal::Stop { interrupted })) => break interrupted,
            Either::Second(None) => break false,
        }
    };
    app.stopping.store(true, Ordering::Relaxed);
    if let Some(desk) = &app.desk {
        desk.events.end();
    }
    drop(connections);
    let time = app.limits.timeout;
    if timeout(time, graceful.shutdown()).await.is_err() {
        note("requests that did not end in time were broken off");
    }
    Ok(interrupted)
}

/// Reads the inbox, and looks at its folders again and again on a thread of its own.
fn take_inbox(app: Arc<App>, options: &Options, note: fn(&str)) -> Result<()> {
    const PAUSE: Duration = Duration::from_secs(1);
    let (Some(reader), Some(desk)) = (options.inbox.clone(), &app.desk) else {
        return Ok(());
    };
    let mut seen = learning::watch(desk, &reader, note)?;
    if reader.paths.iter().any(|path| path.is_dir()) {
        let watching = move || {
            while !app.stopping.load(Ordering::Relaxed) {
                std::thread::sleep(PAUSE);
                if let Some(desk) = &app.desk {
                    seen.look_again(desk, &reader, note);
                }
            }
        };
        let thread = std::thread::Builder::new().name("inbox".to_string());
        thread
            .spawn(watching)
            .map_err(|e| Error::io("start a thread", e))?;
    }
    Ok(())
}

fn reload(app: Arc<App>, note: fn(&str)) {
    tokio::task::spawn_blocking(move || {
        let errors = app.reload();
        for error in &errors {
            note(&format!("what was there stays in service: {error}"));
        }
        if errors.is_empty() {
            note("models and tokens were read again");
        }
    });
}

type Connection = http1::Connection<TokioIo<Patient>, TowerToHyperService<Router>>;

fn connection(stream: TcpStream, service: &Router, limits: &ServeLimits) -> Connection {
    let service = TowerToHyperService::new(service.clone());
    // Small answers would wait for the client's acknowledgement; without this they come late only.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.timeout)
        // A client that has sent its request may close its half and still read the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(Patient::new(stream, limits.timeout)), service)
}

/// Connections that come in, as many at once as there are places.
struct Connections {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

impl Connections {
    fn new(listener: TcpListener) -> Self {
        Connections {
            listener,
            places: Arc::new(Semaphore::new(CONNECTIONS)),
        }
    }

    async fn next(&self) -> (TcpStream, OwnedSemaphorePermit) {
        /// A process without a free file handle has none the next moment either.
        const PAUSE: Duration = Duration::from_millis(50);
        loop {
            if let Ok(place) = self.places.clone().acquire_owned().await
                && let Ok((stream, _)) = self.listener.accept().await
            {
                return (stream, place);
            }
            sleep(PAUSE).await;
        }
    }
}

enum Either<A, B> {
    First(A),
    Second(B),
}

/// Waits for whichever of two comes first; the other is dropped.
async fn either<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> Either<A, B> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if let Poll::Ready(found) = second.as_mut().poll(context) {
            return Poll::Ready(Either::Second(found));
        }
        first.as_mut().poll(context).map(Either::First)
    })
    .await
}
