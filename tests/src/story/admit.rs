//! Step 6: the repository is applied through admission, and what must not run is refused.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Images, Stage, Story};
use crate::parts::images;
use crate::parts::node::Node;
use crate::parts::process::{Background, free_port, listening, run, run_any, stdout};

/// What admission said.
pub struct Admitted {
    /// What was refused, each with the message that its user saw.
    pub refusals: Vec<Refusal>,
}

/// One refusal.
pub struct Refusal {
    /// What was tried.
    pub what: &'static str,
    /// What its user saw.
    pub message: String,
}

impl Story {
    /// Starts `seawall up`, applies the repository, and tries what must be refused.
    pub fn admit(&mut self, images: &Images) -> Result<Admitted> {
        self.narrator.step("Apply the repository through admission");
        if self.stage == Stage::Cluster {
            self.start_cluster()?;
        }
        self.start_server(&self.responses())?;
        self.apply_repository()?;

        // Somebody who holds the registry puts another image under the tag that was signed.
        let rogue = images::rogue(self.folder.path(), &images.new.rootfs)?;
        let rogue = self.push("shop:1.1", rogue)?;
        ensure!(rogue.digest != images.new.digest, "the rogue image has another digest");
        let tries = [
            ("a rogue image under the same tag", pod("rogue", &rogue.reference, &json!({}))),
            ("an unsigned image", pod("unsigned", &self.image("shop:1.0"), &json!({}))),
            ("a privileged pod", pod("privileged", &images.new.by_digest(), &json!({"privileged": true}))),
        ];
        let mut refusals = Vec::new();
        for (what, pod) in tries {
            let message = self.try_pod(&pod)?.with_context(|| format!("{what} was admitted"))?;
            self.narrator.say(&format!("refused, {what}:"));
            self.narrator.excerpt(&message, 6);
            refusals.push(Refusal { what, message });
        }
        Ok(Admitted { refusals })
    }

    fn start_cluster(&mut self) -> Result<()> {
        let pause = self.push("pause:1", images::pause(self.folder.path())?)?;
        let node = Node::start(self.folder.path(), &self.registry.host, &pause.reference)?;
        node.kubectl_ok(&["create", "namespace", "shop"])?;
        self.narrator.say("a Kubernetes node is ready");
        self.node = Some(node);
        Ok(())
    }

    /// Starts `seawall up` with those responses.
    pub(super) fn start_server(&mut self, responses: &str) -> Result<()> {
        let (port, webhook) = (free_port()?, free_port()?);
        let cluster = match &self.node {
            Some(node) => format!("cluster: {{kubeconfig: {}}}\n", node.kubeconfig.display()),
            None => String::new(),
        };
        let register = self.node.is_some();
        std::fs::write(
            self.kept.join("seawall.yaml"),
            format!(
                "policies: [policy.yaml]
responses: responses.yaml
server: {{listen: '127.0.0.1:{port}'}}
webhook: {{listen: '127.0.0.1:{webhook}', names: [127.0.0.1, localhost], register: {register}}}
{cluster}"
            ),
        )?;
        std::fs::write(self.kept.join("responses.yaml"), responses)?;
        self.narrator.command(&["seawall", "up"]);
        let mut command = self.seawall_command(&["up"]);
        let mut server = Background::start("seawall", &self.kept, &mut command)?;
        server.wait_until(Duration::from_secs(30), || listening(port) && listening(webhook))?;
        // The sensor and the registration come after the listeners; `up` says so when all stands.
        let log = server.log.clone();
        server.wait_until(Duration::from_secs(30), || {
            std::fs::read_to_string(&log).is_ok_and(|text| text.contains("ready"))
        })?;
        self.narrator.excerpt(&std::fs::read_to_string(&log)?, 14);
        self.page = format!("http://127.0.0.1:{port}/");
        self.webhook_port = webhook;
        self.server = Some(server);
        Ok(())
    }

    fn apply_repository(&self) -> Result<()> {
        let Some(node) = &self.node else {
            let text = std::fs::read_to_string(self.kept.join("config/plain/shop.yaml"))?;
            let deployment: Value = serde_saphyr::from_str(&text)?;
            let review = review("apps", "v1", "Deployment", "deployments", "shop", &deployment);
            let answer = self.ask_webhook("validate", &review)?;
            ensure!(answer["allowed"] == true, "the promoted Deployment was refused: {answer}");
            self.narrator.say("admitted: Deployment shop/shop with the signed digest");
            return Ok(());
        };
        for arguments in [["apply", "-f", "plain"], ["apply", "-k", "kustomize/overlays/production"]] {
            self.narrator.command(&[&["kubectl"], &arguments[..]].concat());
            let output = run(node.kubectl_command(&arguments).current_dir(self.kept.join("config")))?;
            self.narrator.excerpt(&stdout(&output), 3);
        }
        node.wait_for(Duration::from_secs(90), "the shop to run", || {
            let pods = stdout(&node.kubectl(&["get", "pods", "-n", "shop", "--no-headers"])?);
            Ok(pods.matches("Running").count() == 2)
        })?;
        self.narrator.excerpt(&node.kubectl_ok(&["get", "pods", "-n", "shop"])?, 4);
        Ok(())
    }

    /// The message when the pod is refused; none when it is admitted.
    fn try_pod(&self, pod: &Value) -> Result<Option<String>> {
        let Some(node) = &self.node else {
            let answer = self.ask_webhook("validate", &review("", "v1", "Pod", "pods", "shop", pod))?;
            if answer["allowed"] == true {
                return Ok(None);
            }
            let message = answer["status"]["message"].as_str().context("a refusal without a message")?;
            return Ok(Some(message.to_owned()));
        };
        let file = self.folder.path().join("pod.json");
        std::fs::write(&file, pod.to_string())?;
        let output = node.kubectl(&["apply", "-n", "shop", "-f", &file.display().to_string()])?;
        Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// Sends a review to the webhook as the API server would: over TLS, with the webhook's own CA.
    fn ask_webhook(&self, path: &str, review: &Value) -> Result<Value> {
        let file = self.folder.path().join("review.json");
        std::fs::write(&file, review.to_string())?;
        let authority = self.kept.join("data/seawall/webhook/ca.crt");
        let output = run_any(
            Command::new("curl")
                .args(["--silent", "--show-error", "--max-time", "15", "--cacert"])
                .arg(&authority)
                .args(["--header", "Content-Type: application/json", "--data-binary"])
                .arg(format!("@{}", file.display()))
                .arg(format!("https://127.0.0.1:{}/{path}", self.webhook_port)),
        )?;
        if !output.status.success() {
            bail!("the webhook did not answer: {}", String::from_utf8_lossy(&output.stderr));
        }
        let answer: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("the webhook answered {}", stdout(&output)))?;
        Ok(answer["response"].clone())
    }
}

pub(super) fn pod(name: &str, image: &str, security: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "automountServiceAccountToken": false,
            "containers": [{"name": name, "image": image, "securityContext": security}]
        }
    })
}

pub(super) fn review(
    group: &str,
    version: &str,
    kind: &str,
    resource: &str,
    namespace: &str,
    object: &Value,
) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": group, "version": version, "kind": kind},
            "resource": {"group": group, "version": version, "resource": resource},
            "name": object["metadata"]["name"],
            "namespace": namespace,
            "operation": "CREATE",
            "userInfo": {"username": "developer"},
            "object": object,
            "oldObject": null,
            "dryRun": false,
            "options": {"apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions"}
        }
    })
}
