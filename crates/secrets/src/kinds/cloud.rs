//! Clouds and their services.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use crate::check::{aws_key_id, mixed, service_account};
use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    token(
        "aws-access-key-id",
        "AWS access key id",
        Critical,
        &["AKIA", "ASIA", "AROA", "AIDA", "AGPA", "AIPA", "ANPA", "ANVA", "A3T"],
        r"(?:A3T[A-Z0-9]|A(?:KIA|SIA|ROA|IDA|GPA|IPA|NPA|NVA))[A-Z0-9]{16}",
    )
    .open_left()
    .check(aws_key_id),
    token(
        "aws-secret-access-key",
        "AWS secret access key",
        Critical,
        &["aws_", "awss", "awsa", "awsk", "aws-"],
        r#"(?i)aws[_-]?(?:sec(?:ret)?)?[_-]?(?:access)?[_-]?key["']?\s{0,8}(?::|=>|=)?\s{0,8}["']?(?P<secret>[A-Za-z0-9/+=]{40})(?:["']|[.,]?(?:\s|$))"#,
    )
    .any_case()
    .open_left()
    .open_right()
    .entropy(300),
    token(
        "aws-secret-access-key-bare",
        "AWS secret access key",
        Critical,
        &["secretaccesskey", "secret_access_key", "secret-access-key"],
        r#"(?i)secret[_-]?access[_-]?key["']?\s{0,8}(?::|=>|=)\s{0,8}["']?(?P<secret>[A-Za-z0-9/+]{40})"#,
    )
    .any_case()
    .open_left()
    .entropy(350),
    token(
        "aws-session-token",
        "AWS session token",
        Critical,
        &["session_token", "sessiontoken"],
        r#"(?i)session_?token["']?\s{0,8}(?::|=>|=)\s{0,8}["']?(?P<secret>(?:FwoG|IQoJ|FQoG)[A-Za-z0-9/+=]{100,})"#,
    )
    .any_case()
    .open_left()
    .longest(2200),
    token(
        "aws-bedrock-api-key",
        "Amazon Bedrock API key",
        Critical,
        &["ABSK"],
        r"ABSK[A-Za-z0-9+/]{109,269}={0,2}",
    ),
    token(
        "gcp-service-account",
        "Google Cloud service account key",
        Critical,
        &["\"service_account\""],
        r#""type"\s{0,4}:\s{0,4}"service_account""#,
    )
    .around(16)
    .open_left()
    .open_right()
    .entropy(0)
    .check(service_account),
    token("google-api-key", "Google API key", High, &["AIza"], r"AIza[0-9A-Za-z_-]{35}").entropy(300),
    token(
        "google-oauth-client-secret",
        "Google OAuth client secret",
        High,
        &["GOCSPX-"],
        r"GOCSPX-[0-9A-Za-z_-]{28}",
    ),
    token("google-oauth-access-token", "Google OAuth access token", High, &["ya29."], r"ya29\.[0-9A-Za-z_-]{40,400}"),
    token(
        "google-oauth-refresh-token",
        "Google OAuth refresh token",
        High,
        &["1//0"],
        r"1//0[0-9A-Za-z_-]{40,130}",
    ),
    token(
        "google-hmac-secret",
        "Google Cloud Storage HMAC key",
        High,
        &["GOOG1"],
        r"GOOG1[A-Z0-9]{56}",
    ),
    token(
        "azure-storage-account-key",
        "Azure storage account key",
        Critical,
        &["AccountKey"],
        r"(?i)AccountKey\s{0,4}=\s{0,4}(?P<secret>[A-Za-z0-9+/]{86}==)",
    )
    .any_case()
    .open_right(),
    token(
        "azure-sas-token",
        "Azure shared access signature",
        High,
        &["sig="],
        r#"sv=\d{4}-\d{2}-\d{2}(?:[&;][a-z]+=[^&\s'"]{0,200}){1,12}?[&;]sig=(?P<secret>[A-Za-z0-9%+/=]{40,200})"#,
    )
    .around(1200)
    .longest(1600)
    .open_left()
    .open_right(),
    token(
        "azure-devops-pat",
        "Azure DevOps personal access token",
        High,
        &["azure_devops", "azuredevops", "azure-devops", "ado_pat", "ado_token", "ado-pat", "ado-token"],
        r#"(?i)(?:azure[_-]?devops|ado)[_-]?(?:ext[_-]?)?(?:pat|token|personal.?access.?token)["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-z2-7]{52})"#,
    )
    .any_case(),
    token(
        "azure-devops-pat-signed",
        "Azure DevOps personal access token",
        High,
        &["AAAAAAAAAAAAAZDO"],
        r"[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{8}AAAAAAAAAAAAAZDO[A-Za-z0-9]{4}",
    )
    .around(68),
    token(
        "azure-entra-client-secret",
        "Azure Entra ID client secret",
        Critical,
        &["8Q~"],
        r"[a-zA-Z0-9_~.-]{3}8Q~[a-zA-Z0-9_~.-]{34}",
    )
    .around(3),
    token(
        "azure-container-registry-credential",
        "Azure container registry credential",
        Critical,
        &["ACYeBjFEqg7NAAA"],
        r"[A-Za-z0-9+/]{52}JQQJ99C[A-Z]ACYeBjFEqg7NAAA[A-Z]AZCR[A-Za-z0-9+/]{4}",
    )
    .around(60)
    .open_left(),
    token(
        "azure-container-registry-password",
        "Azure container registry password",
        Critical,
        &["azurecr.io"],
        r#"(?i)azurecr\.io[^\n]{0,100}?(?:password|pwd)["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-zA-Z0-9+/]{32})"#,
    )
    .any_case(),
    token(
        "azure-app-config-connection-string",
        "Azure App Configuration connection string",
        Critical,
        &["azconfig.io"],
        r"(?i)Endpoint\s{0,4}=\s{0,4}https://[a-z0-9-]{1,80}\.azconfig\.io\s{0,4};\s{0,4}Id\s{0,4}=\s{0,4}[a-z0-9+/=:-]{1,80}\s{0,4};\s{0,4}Secret\s{0,4}=\s{0,4}(?P<secret>[a-z0-9+/=~]{32,88})",
    )
    .around(120)
    .any_case()
    .open_right(),
    token(
        "azure-ai-services-key",
        "Azure AI services key",
        High,
        &["XJ3w3"],
        r"[A-Za-z0-9+/]{52}JQQJ99C[A-Z][A-Za-z0-9+/]{7}XJ3w3[A-Za-z0-9+/]{4}ACOG[A-Za-z0-9+/]{4}",
    )
    .around(70)
    .open_left(),
    token(
        "azure-service-bus-key",
        "Azure Service Bus or Event Hubs connection string",
        Critical,
        &["SharedAccessKey="],
        r"SharedAccessKey=(?P<secret>[A-Za-z0-9+/]{43}=)",
    )
    .open_right(),
    token(
        "azure-cosmos-account-key",
        "Azure Cosmos DB account key",
        Critical,
        &["documents.azure.com"],
        r"documents\.azure\.com(?::443)?/?;AccountKey\s?=\s?(?P<secret>[A-Za-z0-9+/]{86}==)",
    )
    .open_left()
    .open_right(),
    token(
        "digitalocean-token",
        "DigitalOcean token",
        Critical,
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"do[opr]_v1_[a-f0-9]{64}",
    ),
    token(
        "digitalocean-spaces-key",
        "DigitalOcean Spaces access key",
        High,
        &["DO00", "DO80"],
        r"DO(?:00|80)[A-Z0-9]{16}",
    )
    .entropy(300),
    assigned("linode-token", "Linode token", Critical, &["linode"], r"[a-f0-9]{64}").bare(),
    assigned("hetzner-token", "Hetzner Cloud token", Critical, &["hcloud", "hetzner"], r"[a-zA-Z0-9]{64}").bare(),
    assigned("vultr-api-key", "Vultr API key", High, &["vultr"], r"[A-Z0-9]{36}").bare(),
    assigned("scaleway-secret-key", "Scaleway secret key", High, &["scw_secret", "scaleway"], r"[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"),
    assigned("ovh-application-secret", "OVHcloud secret", High, &["ovh"], r"[a-zA-Z0-9]{32}").check(mixed),
    token("exoscale-key", "Exoscale API key", Medium, &["EXO"], r"EXO[a-f0-9]{24}"),
    token("upcloud-token", "UpCloud token", High, &["ucat_"], r"ucat_[0-9A-Z]{26}"),
    token("ibm-cloud-api-key", "IBM Cloud API key", High, &["ibmcloud", "ibm_cloud", "ibm-cloud"], r#"(?i)ibm[_-]?cloud[_-]?api[_-]?key["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-z0-9_-]{44})"#)
        .any_case()
        .open_left(),
    token("alibaba-access-key-id", "Alibaba Cloud access key id", High, &["LTAI"], r"LTAI[a-zA-Z0-9]{20}"),
    assigned("alibaba-secret-key", "Alibaba Cloud secret key", High, &["alibaba", "aliyun"], r"[a-z0-9]{30}").bare(),
    token("tencent-secret-id", "Tencent Cloud secret id", High, &["AKID"], r"AKID[a-zA-Z0-9]{32}"),
    token("yandex-api-key", "Yandex Cloud API key", High, &["AQVN"], r"AQVN[A-Za-z0-9_-]{35,38}"),
    token("yandex-oauth-token", "Yandex OAuth token", High, &["y0_"], r"y0_[A-Za-z0-9_-]{55,200}"),
    token("cloudflare-origin-ca-key", "Cloudflare origin CA key", High, &["v1.0-"], r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}"),
    assigned("cloudflare-api-token", "Cloudflare API token", High, &["cloudflare", "cf_api", "cf-api"], r"[a-zA-Z0-9_-]{40}").bare(),
    assigned("cloudflare-api-key", "Cloudflare global API key", High, &["cloudflare", "cf_api"], r"[a-f0-9]{37}").bare(),
    assigned("heroku-api-key", "Heroku API key", High, &["heroku"], r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    token("heroku-api-token", "Heroku API token", High, &["HRKU-AA"], r"HRKU-AA[0-9A-Za-z_-]{58}"),
    token("fly-io-token", "Fly.io token", High, &["fm1_", "fm2_", "fm1r_", "fm1a_"], r"fm(?:1|2|1r|1a)_[A-Za-z0-9+/]{100,900}={0,3}")
        .longest(1000),
    token("render-api-key", "Render API key", High, &["rnd_"], r"rnd_[A-Za-z0-9]{32}").entropy(300),
    token("netlify-token", "Netlify token", High, &["nfp_"], r"nfp_[A-Za-z0-9_]{36}"),
    token("vercel-token", "Vercel token", High, &["vcp_", "vck_", "vcr_"], r"vc[pkr]_[A-Za-z0-9]{24,64}").entropy(300),
    token("supabase-token", "Supabase token", High, &["sbp_", "sb_secret_"], r"(?:sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{31,45})"),
    token("planetscale-password", "PlanetScale password", Medium, &["pscale_pw_"], r"pscale_pw_[a-zA-Z0-9_.=-]{32,64}"),
    token("planetscale-api-token", "PlanetScale API token", Medium, &["pscale_tkn_"], r"pscale_tkn_[a-zA-Z0-9_.=-]{32,64}"),
    token("planetscale-oauth-token", "PlanetScale OAuth token", Medium, &["pscale_oauth_"], r"pscale_oauth_[a-zA-Z0-9_.=-]{32,64}"),
    token("neon-api-key", "Neon API key", High, &["napi_"], r"napi_[a-z0-9]{64}"),
    token("aiven-token", "Aiven token", High, &["AVNS_", "aivenv1"], r"(?:AVNS_[A-Za-z0-9_-]{19}|aivenv1[A-Za-z0-9+/]{60,400}={0,2})"),
    token("databricks-api-token", "Databricks token", Medium, &["dapi"], r"dapi[a-h0-9]{32}(?:-\d)?"),
    token("confluent-secret", "Confluent Cloud secret", Medium, &["cflt"], r"cflt[A-Za-z0-9+/]{60}"),
    token("tailscale-key", "Tailscale key", Critical, &["tskey-"], r"tskey-(?:auth|api|client|scim|webhook)-[0-9A-Za-z_]+-[0-9A-Za-z_]{20,64}"),
    token("ngrok-api-key", "ngrok API key", Medium, &["ngrok"], r#"(?i)ngrok[\w -]{0,20}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>2[a-z0-9]{26}_[a-z0-9]{21})"#)
        .any_case()
        .open_left(),
    token("mapbox-api-token", "Mapbox token", Medium, &["pk.ey", "sk.ey", "tk.ey"], r"[pst]k\.ey[a-zA-Z0-9]{58,120}\.[a-zA-Z0-9_-]{22}"),
    assigned("fastly-api-token", "Fastly API token", Medium, &["fastly"], r"[a-z0-9=_-]{32}").check(mixed),
    assigned("dropbox-api-secret", "Dropbox API key or secret", High, &["dropbox"], r"[a-z0-9]{15}").check(mixed),
    assigned("dropbox-short-lived-api-token", "Dropbox short-lived token", High, &["dropbox"], r"sl\.[a-z0-9=_-]{135}"),
    assigned("dropbox-long-lived-api-token", "Dropbox long-lived token", High, &["dropbox"], r"[a-z0-9]{11}AAAAAAAAAA[a-z0-9_=-]{43}"),
    assigned("adobe-client-id", "Adobe client id", Low, &["adobe"], r"[a-f0-9]{32}"),
    token("adobe-client-secret", "Adobe client secret", Low, &["p8e-"], r"p8e-[a-zA-Z0-9_-]{32}"),
    token("box-developer-secret", "Box secret", Medium, &["box_client_secret", "boxclientsecret"], r#"(?i)box_?client_?secret["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-z0-9]{32})"#)
        .any_case()
        .open_left(),
];
