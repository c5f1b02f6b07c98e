//! Kubernetes audit logs: their forms, and rules of the source `k8s_audit` over them.

use seawall_captures::{Form, open};
use seawall_rules::Rules;

const ENTRY: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"6a3d","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/default/pods/web/exec?command=sh&command=-c&container=web","verb":"create","user":{"username":"kubernetes-admin","groups":["system:masters","system:authenticated"]},"objectRef":{"resource":"pods","namespace":"default","name":"web","subresource":"exec"},"requestObject":{"spec":{"hostNetwork":true,"securityContext":{"runAsUser":1000},"containers":[{"name":"a","image":"registry.example.com:5000/shop:1.1","securityContext":{"privileged":true,"capabilities":{"add":["NET_ADMIN","SYS_PTRACE"]}}},{"name":"b","image":"nginx","ports":[{"hostPort":80}]}],"volumes":[{"name":"h","hostPath":{"path":"/proc/1"}},{"name":"s","secret":{}}]}},"responseStatus":{"code":201},"requestReceivedTimestamp":"2026-01-02T15:00:00.5Z","stageTimestamp":"2026-01-02T15:00:01.25Z","annotations":{"authorization.k8s.io/decision":"allow"}}"#;

fn holds(condition: &str) -> bool {
    let condition = serde_json::to_string(condition).unwrap();
    let text = format!(
        "- {{rule: r, desc: d, condition: {condition}, output: o, priority: INFO, source: k8s_audit}}"
    );
    let (rules, _) = Rules::load(&[("t", &text)]).unwrap_or_else(|errors| panic!("{}", errors[0]));
    let mut events = open(ENTRY.as_bytes(), None).unwrap();
    rules.evaluate(&events.next().unwrap().unwrap()).len() == 1
}

#[test]
fn all_forms_of_a_log_are_read() {
    let list = format!(r#"{{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{ENTRY},{ENTRY}]}}"#);
    for (text, count) in [
        (ENTRY.to_owned(), 1),
        (format!("{ENTRY}\n\n{ENTRY}\n"), 2),
        (list.clone(), 2),
        (format!("[{ENTRY},{ENTRY}]"), 2),
        (format!("{list}\n{ENTRY}"), 3),
    ] {
        let capture = open(text.as_bytes(), None).unwrap();
        assert_eq!(capture.form(), Form::Audit);
        let events: Vec<_> = capture.map(|event| event.unwrap()).collect();
        assert_eq!(events.len(), count);
        assert_eq!(events[0].time, 1_767_366_001_250_000_000);
    }
    for (text, words) in [
        ("{\"kind\":\"Pod\"}", "this has Pod"),
        ("{\"kind\":\"EventList\",\"items\":[1]}", "this has no kind"),
        (&format!("{ENTRY}\n{{\"kind\""), "line 2"),
    ] {
        let error = open(text.as_bytes(), None).unwrap().find_map(Result::err).unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn fields_of_an_entry() {
    for good in [
        "ka.verb = create and ka.stage = ResponseComplete and ka.auditid = 6a3d",
        "ka.user.name startswith kubernetes and ka.user.groups intersects (system:masters)",
        "ka.user.groups in (system:masters, system:authenticated, x) and not ka.user.groups in (system:masters)",
        "ka.user.groups[0] = system:masters",
        "ka.uri.param[command] = sh and ka.uri.param[container] = web and not ka.uri.param[x] exists",
        "ka.target.resource = pods and ka.target.subresource = exec and ka.target.namespace = default",
        "ka.response.code = 201 and ka.response.code startswith 2 and ka.auth.decision = allow",
        "ka.req.container.privileged = true and ka.req.pod.containers.privileged intersects (true)",
        "ka.req.container.image = registry.example.com:5000/shop:1.1 and ka.req.container.image.repository = registry.example.com:5000/shop",
        "ka.req.pod.containers.image.repository in (registry.example.com:5000/shop, nginx) and ka.req.pod.containers.image[1] = nginx",
        "ka.req.pod.host_network = true and ka.req.container.host_network = true and not ka.req.pod.host_pid exists",
        "ka.req.pod.containers.add_capabilities intersects (SYS_PTRACE) and ka.req.pod.containers.host_port = 80",
        "ka.req.pod.containers.eff_run_as_user in (1000) and ka.req.pod.run_as_user = 1000",
        "ka.req.volume.hostpath[/proc*] = true and ka.req.volume.hostpath[/etc] = false",
        "ka.req.pod.volumes.hostpath intersects (/proc/1) and ka.req.pod.volumes.volume_type intersects (secret)",
        "jevt.value[/stage] = ResponseComplete and jevt.value[/responseStatus/code] = 201 and jevt.obj contains 6a3d",
        "jevt.rawtime exists and jevt.rawtime != 0 and jevt.time startswith 15:00:01 and evt.source = k8s_audit",
        "join(\",\", ka.user.groups) = \"system:masters,system:authenticated\" and len(ka.user.groups) = 2",
    ] {
        assert!(holds(good), "{good}");
        assert!(!holds(&format!("not ({good})")), "not ({good})");
    }
}

#[test]
fn fields_of_another_source_are_refused() {
    for (source, condition, words) in [
        ("syscall", "evt.type = open and ka.verb = create", "`ka.verb` is one of the source `k8s_audit`"),
        ("k8s_audit", "ka.verb = create and proc.name = sh", "`proc.name` is one of the source `syscall`"),
    ] {
        let text = format!(
            "- {{rule: r, desc: d, condition: {condition}, output: o, priority: INFO, source: {source}}}"
        );
        let errors = Rules::load(&[("t", &text)]).unwrap_err();
        assert!(errors[0].message.contains(words), "{}", errors[0]);
    }
}
