//! `seawall up`: the all-in-one server on embedded defaults.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use seawall_admission::{Target, Webhook, webhook_configuration};
use seawall_cluster::Cluster;
use seawall_ledger::Ledger;
use seawall_policy::Stage;
use seawall_sensor::Stats;
use seawall_server::{Access, OpenReads, TokenHash, generate_token};
use tokio::net::TcpListener;

use crate::assess::{Assessor, Reports};
use crate::cli::Up;
use crate::context::{Context, make_private};
use crate::failure::{Failure, OrFail as _, Result};
use crate::files::write_whole;
use crate::judge::PolicyJudge;
use crate::policies::PolicySet;
use crate::runtime::{self, Watcher};

/// Starts every part that can run here, says in one line each what is on, what is off and why, and serves until it is
/// told to end.
pub(crate) async fn run(context: Context, arguments: Up) -> Result<()> {
    let context = Arc::new(context);
    if let Some(file) = &context.config_file {
        context.printer.note(&format!("configuration: {}", file.display()));
    }
    let ledger: Arc<dyn Ledger> = Arc::from(context.ledger_to_read().await?);
    on(&context, "ledger", &ledger_words(ledger.as_ref()).await?);

    let listen = arguments.listen.clone().unwrap_or_else(|| context.config.server.listen.clone());
    let listener = TcpListener::bind(&listen)
        .await
        .map_err(|error| Failure::usage(format!("{listen} cannot be listened on: {error}")))?;
    let address = listener.local_addr().or_unfinished()?;
    let page = format!("http://{address}");
    let state = seawall_server::State::new(Arc::clone(&ledger), access(&context, address)?);

    let cluster = connect(&context).await?;
    let webhook = start_webhook(&context, &arguments, &ledger, cluster.as_deref()).await?;
    start_sensor(&context, &ledger, cluster.as_ref(), &page, state.gauges())?;
    on(&context, "page", &format!("{page}/ (API under /api/v1, metrics under /metrics)"));
    context.printer.note("ready");

    let served = seawall_server::serve(listener, state, told_to_end()).await.or_unfinished();
    if let Some(webhook) = webhook {
        webhook.stop().await;
    }
    served
}

fn on(context: &Context, part: &str, words: &str) {
    context.printer.note(&format!("on   {part:<8} {words}"));
}

fn off(context: &Context, part: &str, why: &str) {
    context.printer.note(&format!("off  {part:<8} {why}"));
}

/// SIGINT or SIGTERM.
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

async fn ledger_words(ledger: &dyn Ledger) -> Result<String> {
    let counts = ledger.counts().await.or_unfinished()?;
    let head = ledger.head().await.or_unfinished()?;
    Ok(format!("{} entries about {} digests", head.seq, counts.digests))
}

/// Reading is open on loopback; writing takes a token, which is made at the first start and shown once.
fn access(context: &Context, address: SocketAddr) -> Result<Access> {
    let file = Context::data("server-token.sha256")?;
    let hash = if file.exists() {
        let text = std::fs::read_to_string(&file).or_unfinished()?;
        TokenHash::from_hex(text.trim()).ok_or_else(|| {
            Failure::usage(format!("{} is no token hash: delete it for a new one", file.display()))
        })?
    } else {
        let token = generate_token().or_unfinished()?;
        let hash = TokenHash::of(&token);
        write_whole(&file, 0o600, hash.to_hex().as_bytes())?;
        context.printer.note(&format!("a token for writing through the API, shown this once: {token}"));
        hash
    };
    if !address.ip().is_loopback() {
        context.printer.warn("the API is not on loopback and speaks plain HTTP: put TLS in front of it");
    }
    Ok(Access { tokens: vec![hash], open_reads: OpenReads::Loopback })
}

async fn connect(context: &Context) -> Result<Option<Arc<Cluster>>> {
    let in_pod = std::env::var_os("KUBERNETES_SERVICE_HOST").is_some();
    let kubeconfig = context.config.cluster.kubeconfig.as_deref();
    if kubeconfig.is_none() && !in_pod {
        off(context, "cluster", "no `cluster.kubeconfig`, and not in a pod: pods are not deleted");
        return Ok(None);
    }
    let cluster = Cluster::connect(kubeconfig).await.or_unfinished()?;
    on(
        context,
        "cluster",
        &kubeconfig.map_or_else(|| "in this pod".into(), |file| file.display().to_string()),
    );
    Ok(Some(Arc::new(cluster)))
}

async fn start_webhook(
    context: &Arc<Context>,
    arguments: &Up,
    ledger: &Arc<dyn Ledger>,
    cluster: Option<&Cluster>,
) -> Result<Option<Webhook>> {
    let files = context.policy_files(&arguments.policy);
    if files.is_empty() {
        off(context, "webhook", "no policy: name one in seawall.yaml or with --policy");
        return Ok(None);
    }
    let settings = &context.config.webhook;
    let policies = PolicySet::load(context, &files, Stage::Admit)?;
    let names: Vec<String> = policies.policies.iter().map(|policy| policy.name.clone()).collect();
    let database = match context.database() {
        Ok(database) => Some(Arc::new(database)),
        Err(failure) => {
            context.printer.warn(&format!("reports are not matched again: {}", failure.error));
            None
        }
    };
    let assessor = Assessor {
        registry: context.registry(),
        policies,
        reports: Reports::Ledger(Arc::clone(ledger), database),
        ledger: Some(Arc::clone(ledger)),
    };
    let judge = PolicyJudge::new(assessor, Some(Arc::clone(ledger)));

    let listen = arguments.webhook_listen.as_ref().unwrap_or(&settings.listen);
    let listen: SocketAddr = listen
        .parse()
        .map_err(|_| Failure::usage(format!("`{listen}` is no address: expected HOST:PORT")))?;
    let folder = Context::data("webhook")?;
    make_private(&folder)?;
    let options = seawall_admission::Options::new(listen, folder.clone(), settings.names.clone());
    let webhook = Webhook::start(options, Arc::new(judge)).await.or_unfinished()?;
    let url = format!("https://{}", webhook.address());
    on(
        context,
        "webhook",
        &format!("{url}, policies {}; its CA is in {}", names.join(", "), folder.display()),
    );
    if settings.register {
        let Some(cluster) = cluster else {
            return Err(Failure::usage("`webhook.register` needs a cluster: set `cluster.kubeconfig`"));
        };
        let exempt = &settings.exempt_namespaces;
        let configuration = webhook_configuration(&Target::Url(url), webhook.ca_pem(), exempt);
        cluster.apply_webhooks(&configuration).await.or_unfinished()?;
        on(context, "admission", &format!("registered with the cluster; exempt: {}", exempt.join(", ")));
    } else {
        off(context, "admission", "not registered with a cluster (`webhook.register: true` does it)");
    }
    Ok(Some(webhook))
}

fn start_sensor(
    context: &Context,
    ledger: &Arc<dyn Ledger>,
    cluster: Option<&Arc<Cluster>>,
    page: &str,
    gauges: &seawall_server::Gauges,
) -> Result<()> {
    let settings = &context.config.sensor;
    if !settings.enabled {
        off(context, "sensor", "`sensor.enabled: false`");
        return Ok(());
    }
    let rules = runtime::load_rules(context, &context.config.rules)?;
    let file: Option<&PathBuf> = context.config.responses.as_ref();
    let exempt = &context.config.webhook.exempt_namespaces;
    let dispatcher = runtime::dispatcher(file.map(PathBuf::as_path), true, cluster, exempt, Some(page))?;
    let sensor = match runtime::start_sensor(&rules, settings.host) {
        Ok(sensor) => sensor,
        Err(failure) => {
            off(context, "sensor", &format!("{:#}", failure.error));
            return Ok(());
        }
    };
    let responses =
        if dispatcher.is_some() { "responses as configured" } else { "alerts only: no `responses`" };
    on(context, "sensor", &format!("eBPF, {} rules, {responses}", rules.len()));
    let stats: Arc<Mutex<Stats>> = Arc::default();
    register_gauges(gauges, &stats);
    let watcher = Arc::new(Watcher {
        rules,
        dispatcher,
        ledger: Some(Arc::clone(ledger)),
        cluster: cluster.cloned(),
        node: runtime::node_name(),
        stats,
        seen: Mutex::new(HashSet::new()),
    });
    tokio::spawn(async move {
        watcher.run(sensor, |_, _| {}).await;
        tracing::error!("the sensor ended: nothing is watched any more");
    });
    Ok(())
}

/// One number of the sensor's counters.
type Reading = (&'static str, &'static str, fn(&Stats) -> u64);

const READINGS: [Reading; 4] = [
    ("seawall_sensor_events", "Events handed to the rules", |stats| stats.events),
    ("seawall_sensor_dropped_in_queue", "Events that found the queue full", |stats| stats.dropped_in_queue),
    ("seawall_sensor_dropped_in_kernel", "Records that found the ring buffer full", |stats| {
        stats.dropped_in_kernel.total()
    }),
    ("seawall_sensor_container_waits", "Events that waited for a container's facts", |stats| {
        stats.container_waits
    }),
];

fn register_gauges(gauges: &seawall_server::Gauges, stats: &Arc<Mutex<Stats>>) {
    for (name, help, read) in READINGS {
        let stats = Arc::clone(stats);
        gauges
            .register(name, help, move || read(&stats.lock().unwrap_or_else(PoisonError::into_inner)) as f64);
    }
}
