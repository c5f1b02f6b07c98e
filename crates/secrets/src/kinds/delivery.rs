//! Building, deploying and keeping secrets.

use seawall_findings::Severity::{Critical, High, Medium};

use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    token("hashicorp-tf-api-token", "Terraform Cloud token", Medium, &[".atlasv1."], r"[a-zA-Z0-9]{14}\.atlasv1\.[a-zA-Z0-9_=-]{60,70}")
        .around(14),
    token("vault-token", "HashiCorp Vault token", Critical, &["hvs.", "hvb.", "hvr."], r"hv[sbr]\.[A-Za-z0-9_-]{24,300}").entropy(300),
    token("vault-unseal-key", "HashiCorp Vault unseal key", Critical, &["unseal key"], r"(?i)unseal key \d{1,2}: (?P<secret>[A-Za-z0-9+/=]{44})")
        .any_case()
        .open_right(),
    token("pulumi-api-token", "Pulumi token", High, &["pul-"], r"pul-[a-f0-9]{40}"),
    token("doppler-api-token", "Doppler token", Medium, &["dp.pt.", "dp.st.", "dp.sa.", "dp.ct.", "dp.scim.", "dp.audit."], r"dp\.(?:pt|st\.[a-z0-9_-]{2,35}|st|sa|ct|scim|audit)\.[a-zA-Z0-9]{40,44}"),
    token("infisical-token", "Infisical service token", High, &["st."], r"st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}"),
    token("onepassword-service-token", "1Password service account token", Critical, &["ops_eyJ"], r"ops_eyJ[A-Za-z0-9+/=_-]{250,}").longest(1300),
    token("bitwarden-access-token", "Bitwarden Secrets Manager token", Critical, &["0."], r"0\.[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/=]{24}"),
    token("circleci-token", "CircleCI token", High, &["CCIPAT_", "CCIPRJ_"], r"CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}"),
    token("buildkite-token", "Buildkite token", High, &["bkua_", "bkt_", "bkaj_"], r"bk(?:ua|t|aj)_[A-Za-z0-9_.-]{40,200}"),
    token("octopus-deploy-api-key", "Octopus Deploy API key", High, &["API-"], r"API-[A-Z0-9]{26,40}").entropy(350),
    token("harness-token", "Harness token", High, &["pat.", "sat."], r"[ps]at\.[A-Za-z0-9_-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}"),
    token("jenkins-api-token", "Jenkins API token", High, &["jenkins"], r#"(?i)jenkins[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>11[a-f0-9]{32})"#)
        .any_case()
        .open_left(),
    token("teamcity-token", "TeamCity token", High, &["eyJ0eXAiOiAiVENWMiJ9."], r"eyJ0eXAiOiAiVENWMiJ9\.[A-Za-z0-9_-]{36}\.[A-Za-z0-9_-]{48}"),
    assigned("travis-token", "Travis CI token", High, &["travis"], r"[a-zA-Z0-9]{22}").check(crate::check::mixed),
    assigned("codecov-token", "Codecov token", Medium, &["codecov"], r"[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"),
    assigned("drone-token", "Drone CI token", High, &["drone"], r"[a-zA-Z0-9]{32}").check(crate::check::mixed),
    token("sonar-token", "SonarQube or SonarCloud token", Medium, &["sqp_", "squ_", "sqa_"], r"sq[pua]_[a-f0-9]{40}"),
    token("snyk-token", "Snyk token", Medium, &["snyk"], r#"(?i)snyk[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})"#)
        .any_case()
        .open_left(),
    token("infracost-api-key", "Infracost API key", Medium, &["ico-"], r"ico-[a-zA-Z0-9]{32}"),
    token("scalr-token", "Scalr token", High, &["at-"], r"at-[a-z0-9]{15}\.[A-Za-z0-9]{43}"),
    token("spacelift-token", "Spacelift token", High, &["spacelift"], r#"(?i)spacelift[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{64})"#)
        .any_case()
        .open_left(),
    token("prefect-api-key", "Prefect API key", Medium, &["pnu_", "pnb_"], r"pn[ub]_[a-zA-Z0-9]{36}"),
    token("kubernetes-bootstrap-token", "kubeadm bootstrap token", High, &["--token "], r"--token (?P<secret>[a-z0-9]{6}\.[a-z0-9]{16})")
        .open_left(),
    token("rke2-node-token", "k3s or RKE2 node token", Critical, &["K10"], r"K10[a-f0-9]{64}::[a-z]+:[A-Za-z0-9]{16,64}"),
    token("rancher-token", "Rancher API token", Critical, &["token-", "kubeconfig-u-"], r"(?:token|kubeconfig-u)-[a-z0-9]{5,12}:[bcdfghjklmnpqrstvwxz2456789]{54}"),
    token("postman-api-token", "Postman API key", Medium, &["PMAK-"], r"PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}"),
    token("readme-api-token", "ReadMe API key", Medium, &["rdme_"], r"rdme_[a-z0-9]{70}"),
    token("ionic-api-token", "Ionic API token", Medium, &["ion_"], r"ion_[a-zA-Z0-9]{42}"),
    token("launchdarkly-key", "LaunchDarkly key", High, &["sdk-", "api-"], r"(?:sdk|api)-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"),
    token("configcat-sdk-key", "ConfigCat SDK key", Medium, &["configcat-sdk-1/"], r"configcat-sdk-1/[A-Za-z0-9_-]{22}/[A-Za-z0-9_-]{22}"),
    token("cypress-record-key", "Cypress record key", Medium, &["cypress_record_key"], r#"(?i)cypress_record_key["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})"#)
        .any_case(),
    token("symfony-default-secret", "Secret of Symfony's template", High, &["TokenIsNotSoSecret"], r"This(?:EzPlatform)?TokenIsNotSoSecret_?(?:Please)?ChangeIt")
        .around(14)
        .open_right()
        .entropy(0),
];
