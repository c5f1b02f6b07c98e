//! Files over HTTP: asked for again only where they changed, taken up where they were cut, tried a few times.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{
    CONTENT_RANGE, ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
    RETRY_AFTER,
};
use reqwest::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// No published dump is larger.
const MAX_BYTES: u64 = 4 << 30;
/// How often a file is tried.
const ATTEMPTS: u32 = 5;

/// What is kept of downloads, and the client for them.
pub(super) struct Downloads {
    client: reqwest::Client,
    folder: PathBuf,
    quiet: bool,
}

/// What a server said of a file, so that it can be asked whether it changed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Validators {
    etag: Option<String>,
    modified: Option<String>,
}

/// How an attempt failed.
enum Problem {
    /// Another attempt may do, after this long where the server says so.
    Passing(anyhow::Error, Option<Duration>),
    /// None will.
    Lasting(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Passing(error.into(), None)
    }
}

impl Validators {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { etag: text(&ETAG), modified: text(&LAST_MODIFIED) }
    }

    /// Those that were kept beside a file.
    fn read(path: &Path) -> Option<Self> {
        let bytes = std::fs::read(Place::beside(path)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn keep(&self, path: &Path) -> anyhow::Result<()> {
        Ok(std::fs::write(Place::beside(path), serde_json::to_vec(self)?)?)
    }

    /// What `If-Range` may hold: a weak tag promises nothing of bytes (RFC 9110, 13.1.5).
    fn strong(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| !tag.starts_with("W/")).or(self.modified.as_deref())
    }
}

impl Downloads {
    pub(super) fn new(context: &Context) -> Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_mins(1))
            .build()
            .or_unfinished()?;
        Ok(Self { client, folder: Context::cache("downloads")?, quiet: context.global.quiet })
    }

    /// The file at an address; none where the server says that there is none.
    pub(super) async fn get(&self, url: &str) -> Result<Option<File>> {
        let name =
            Sha256::digest(url).iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let place = Place { whole: self.folder.join(&name), part: self.folder.join(format!("{name}.part")) };
        // Another build that runs meanwhile waits, and finds the file there.
        let lock = File::create(self.folder.join(format!("{name}.lock"))).or_unfinished()?;
        lock.lock().or_unfinished()?;
        let bar = self.bar(url);
        let mut attempt = 0;
        let result = loop {
            match self.attempt(url, &place, &bar).await {
                Ok(file) => break Ok(file),
                Err(Problem::Lasting(error)) => break Err(error),
                Err(Problem::Passing(error, _)) if attempt + 1 == ATTEMPTS => break Err(error),
                Err(Problem::Passing(error, wait)) => {
                    tracing::info!("{url}: {error:#}; trying again");
                    tokio::time::sleep(wait.unwrap_or(Duration::from_millis(500 << attempt))).await;
                    attempt += 1;
                }
            }
        };
        bar.finish_and_clear();
        result.map_err(|error| Failure::unfinished(format!("{url} could not be fetched: {error:#}")))
    }

    async fn attempt(
        &self,
        url: &str,
        place: &Place,
        bar: &indicatif::ProgressBar,
    ) -> Result<Option<File>, Problem> {
        let had = std::fs::metadata(&place.part).map_or(0, |part| part.len());
        let part = Validators::read(&place.part).filter(|_| had > 0);
        let whole = Validators::read(&place.whole).filter(|_| place.whole.is_file());
        let mut request = self.client.get(url);
        let resume = part.as_ref().and_then(Validators::strong);
        if let Some(strong) = resume {
            request = request.header(RANGE, format!("bytes={had}-")).header(IF_RANGE, strong);
        } else if let Some(whole) = &whole {
            let headers = [(IF_NONE_MATCH, &whole.etag), (IF_MODIFIED_SINCE, &whole.modified)];
            for (name, value) in headers {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
        }
        let response = request.send().await?;
        let from = match response.status() {
            StatusCode::NOT_MODIFIED if whole.is_some() => return Ok(Some(File::open(&place.whole)?)),
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            StatusCode::PARTIAL_CONTENT if resume.is_some() && starts_at(response.headers(), had) => had,
            StatusCode::OK => 0,
            StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PARTIAL_CONTENT => {
                place.forget_part();
                return Err(Problem::Passing(anyhow::anyhow!("the part that was kept does not fit"), None));
            }
            status => return Err(refused(status, response.headers())),
        };
        receive(response, place, from, bar).await.map(Some)
    }

    fn bar(&self, url: &str) -> indicatif::ProgressBar {
        if self.quiet {
            return indicatif::ProgressBar::hidden();
        }
        // Hidden by itself where standard error is no terminal.
        let style = indicatif::ProgressStyle::with_template("{msg} {bytes}/{total_bytes} {bytes_per_sec}");
        let bar = indicatif::ProgressBar::new(0).with_message(url.to_owned());
        if let Ok(style) = style { bar.with_style(style) } else { bar }
    }
}

/// The files of one download.
struct Place {
    whole: PathBuf,
    part: PathBuf,
}

impl Place {
    fn beside(path: &Path) -> PathBuf {
        path.with_added_extension("json")
    }

    fn forget_part(&self) {
        let _ = std::fs::remove_file(&self.part);
        let _ = std::fs::remove_file(Self::beside(&self.part));
    }
}

/// Writes what comes after what is there, and makes the whole file of it once all has come.
async fn receive(
    mut response: Response,
    place: &Place,
    from: u64,
    bar: &indicatif::ProgressBar,
) -> Result<File, Problem> {
    let validators = Validators::of(response.headers());
    let total = response.content_length().map(|rest| from + rest);
    bar.set_length(total.unwrap_or(0));
    let mut file = File::options().create(true).write(true).truncate(from == 0).open(&place.part)?;
    file.seek(SeekFrom::Start(from))?;
    validators.keep(&place.part)?;
    let mut size = from;
    while let Some(chunk) = response.chunk().await? {
        size += chunk.len() as u64;
        if size > MAX_BYTES {
            place.forget_part();
            return Err(Problem::Lasting(anyhow::anyhow!("more than {MAX_BYTES} bytes")));
        }
        file.write_all(&chunk)?;
        bar.set_position(size);
    }
    if total.is_some_and(|total| total != size) {
        return Err(Problem::Passing(anyhow::anyhow!("it ended after {size} bytes"), None));
    }
    file.sync_all()?;
    // The old validators go first: they must never stand beside the new content.
    let _ = std::fs::remove_file(Place::beside(&place.whole));
    std::fs::rename(&place.part, &place.whole)?;
    let _ = std::fs::remove_file(Place::beside(&place.part));
    validators.keep(&place.whole)?;
    Ok(File::open(&place.whole)?)
}

/// `bytes 100-199/200` starts at 100.
fn starts_at(headers: &HeaderMap, at: u64) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()) == Some(at)
}

fn refused(status: StatusCode, headers: &HeaderMap) -> Problem {
    let error = anyhow::anyhow!("the server answers {status}");
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    if status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
    {
        Problem::Passing(error, seconds.map(|seconds: u64| Duration::from_secs(seconds.min(60))))
    } else {
        Problem::Lasting(error)
    }
}
