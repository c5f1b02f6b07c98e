//! Secrets of every kind, made at run time: no token stands in this repository.

use base64::Engine as _;

/// A small generator of numbers, the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(3_037_000_493))
    }

    pub(crate) fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    /// `length` characters of an alphabet.
    pub(crate) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let all: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| all[self.next(all.len())]).collect()
    }
}

pub(crate) const HEX: &str = "0123456789abcdef";
pub(crate) const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
pub(crate) const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
pub(crate) const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const ALL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BECH32: &str = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

fn crc(random: &str) -> String {
    let mut sum = crc32fast::hash(random.as_bytes());
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = Vec::new();
    for _ in 0..6 {
        out.insert(0, digits[(sum % 62) as usize]);
        sum /= 62;
    }
    String::from_utf8(out).unwrap()
}

/// GitHub's and npm's form.
pub(crate) fn checked(dice: &mut Dice, prefix: &str, length: usize) -> String {
    let random = dice.text(ALL, length);
    format!("{prefix}{random}{}", crc(&random))
}

fn uuid(dice: &mut Dice) -> String {
    [8, 4, 4, 4, 12].map(|length| dice.text(HEX, length)).join("-")
}

fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn url_safe(text: &str) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// One of Trivy's ids, the file that its secret stands in, and a line with one.
pub(crate) fn lines(seed: u64) -> Vec<(&'static str, &'static str, String)> {
    let dice = &mut Dice::new(seed);
    let mut all: Vec<(&'static str, &'static str, String)> = Vec::new();
    let file = "config.txt";
    let mut add = |id: &'static str, line: String| all.push((id, file, line));
    let named = |dice: &mut Dice, name: &str, alphabet: &str, length: usize| {
        format!("{name}_key = \"{}\"", dice.text(alphabet, length))
    };
    add(
        "aws-access-key-id",
        format!("id = {}{} ", ["AK", "IA"].concat(), format_args!("Q{}", dice.text(BASE32, 15))),
    );
    add("aws-secret-access-key", format!("aws_secret_access_key = {} ", dice.text(ALL, 40)));
    add("github-pat", format!("a = {}", checked(dice, "ghp_", 30)));
    add("github-oauth", format!("a = {}", checked(dice, "gho_", 30)));
    add("github-app-token", format!("a = {}", checked(dice, "ghs_", 30)));
    add("github-refresh-token", format!("a = {}", checked(dice, "ghr_", 70)));
    add("github-fine-grained-pat", format!("a = github_pat_{}_{}", dice.text(ALL, 22), dice.text(ALL, 59)));
    add("gitlab-pat", format!("a = glpat-{}", dice.text(ALL, 20)));
    add("hugging-face-access-token", format!("a = hf_{}", dice.text(ALL, 36)));
    let body = dice.text(ALL, 64);
    add("private-key", format!("-----BEGIN {0}-----\n{body}\n{body}\n-----END {0}-----", "RSA PRIVATE KEY"));
    add("shopify-token", format!("a = shpss_{}", dice.text(HEX, 32)));
    add(
        "slack-access-token",
        format!("a = {}-{}", "xoxb", dice.text("0123456789", 12) + &dice.text(ALL, 24)),
    );
    add("stripe-publishable-token", format!("a = pk_live_{}", dice.text(LOWER, 24)));
    add("stripe-secret-token", format!("a = sk_live_{}", dice.text(LOWER, 24)));
    let body = url_safe(&format!("\u{2}\u{1}\u{8}pypi.org\u{2}\u{10}{}", dice.text(ALL, 90)));
    add("pypi-upload-token", format!("a = pypi-{body}"));
    add("gcp-service-account", "{\"type\": \"service_account\", \"private_key_id\": \"1\"}".into());
    add("heroku-api-key", format!("my heroku_key = \"{}\"", uuid(dice)));
    add("slack-web-hook", format!("a = https://hooks.slack.com/services/{}", dice.text(ALL, 46)));
    add("twilio-api-key", format!("a = SK{}", dice.text(HEX, 32)));
    add("age-secret-key", format!("a = AGE-SECRET-KEY-1{}", dice.text(BECH32, 58)));
    add("facebook-token", named(dice, "facebook", HEX, 32));
    add("twitter-token", named(dice, "twitter", HEX, 40));
    add("adobe-client-id", named(dice, "adobe", HEX, 32));
    add("adobe-client-secret", format!("a = p8e-{}", dice.text(LOWER, 32)));
    add("alibaba-access-key-id", format!("a = LTAI{}", dice.text(ALL, 20)));
    add("alibaba-secret-key", named(dice, "alibaba", LOWER, 30));
    add("asana-client-id", named(dice, "asana", "0123456789", 16));
    add("asana-client-secret", named(dice, "asana", LOWER, 32));
    add("atlassian-api-token", named(dice, "atlassian", LOWER, 24));
    add("bitbucket-client-id", named(dice, "bitbucket", LOWER, 32));
    add("bitbucket-client-secret", named(dice, "bitbucket", LOWER, 64));
    add("beamer-api-token", format!("beamer = \"b_{}\"", dice.text(LOWER, 44)));
    add("clojars-api-token", format!("a = CLOJARS_{}", dice.text(LOWER, 60)));
    add("contentful-delivery-api-token", named(dice, "contentful", LOWER, 43));
    add("databricks-api-token", format!("a = dapi{}", dice.text(HEX, 32)));
    add("discord-api-token", named(dice, "discord", HEX, 64));
    add("discord-client-id", named(dice, "discord", "0123456789", 18));
    add("discord-client-secret", named(dice, "discord", LOWER, 32));
    add("doppler-api-token", format!("a = \"dp.pt.{}\"", dice.text(LOWER, 43)));
    add("dropbox-api-secret", named(dice, "dropbox", LOWER, 15));
    add("dropbox-short-lived-api-token", format!("dropbox = \"sl.{}\"", dice.text(LOWER, 135)));
    add(
        "dropbox-long-lived-api-token",
        format!("dropbox = \"{}AAAAAAAAAA{}\"", dice.text(LOWER, 11), dice.text(LOWER, 43)),
    );
    add("duffel-api-token", format!("a = \"duffel_live_{}\"", dice.text(LOWER, 43)));
    add("dynatrace-api-token", format!("a = \"dt0c01.{}.{}\"", dice.text(UPPER, 24), dice.text(UPPER, 64)));
    add("easypost-api-token", format!("a = \"EZAK{}\"", dice.text(LOWER, 54)));
    add("fastly-api-token", named(dice, "fastly", LOWER, 32));
    add("finicity-client-secret", named(dice, "finicity", LOWER, 20));
    add("finicity-api-token", named(dice, "finicity", HEX, 32));
    add("flutterwave-public-key", format!("a = FLWPUBK_TEST-{}-X", dice.text(HEX, 32)));
    add("flutterwave-enc-key", format!("a = FLWSECK_TEST{}", dice.text(HEX, 12)));
    add("frameio-api-token", format!("a = fio-u-{}", dice.text(LOWER, 64)));
    add("gocardless-api-token", format!("a = \"live_{}\"", dice.text(LOWER, 40)));
    add("grafana-api-token", format!("a = \"eyJrIjoi{}\"", dice.text(ALL, 80)));
    add("hashicorp-tf-api-token", format!("a = \"{}.atlasv1.{}\"", dice.text(ALL, 14), dice.text(ALL, 67)));
    add("hubspot-api-token", format!("hubspot = \"{}\"", uuid(dice)));
    add("intercom-api-token", named(dice, "intercom", LOWER, 60));
    add("intercom-client-secret", format!("intercom = \"{}\"", uuid(dice)));
    add("ionic-api-token", format!("ionic = \"ion_{}\"", dice.text(LOWER, 42)));
    let claims = url_safe(&format!("{{\"sub\":\"{}\"}}", dice.text(ALL, 12)));
    add(
        "jwt-token",
        format!("a = {}.{claims}.{}", url_safe("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), dice.text(ALL, 43)),
    );
    add("linear-api-token", format!("a = lin_api_{}", dice.text(ALL, 40)));
    add("linear-client-secret", named(dice, "linear", HEX, 32));
    add("lob-api-key", format!("lob = \"live_{}\"", dice.text(HEX, 35)));
    add("lob-pub-api-key", format!("lob = \"live_pub_{}\"", dice.text(HEX, 31)));
    add("mailchimp-api-key", format!("mailchimp = \"{}-us20\"", dice.text(HEX, 32)));
    add("mailgun-token", format!("mailgun = \"key-{}\"", dice.text(HEX, 32)));
    add(
        "mailgun-signing-key",
        format!("mailgun = \"{}-{}-{}\"", dice.text(HEX, 32), dice.text(HEX, 8), dice.text(HEX, 8)),
    );
    add("mapbox-api-token", format!("a = pk.ey{}.{}", dice.text(LOWER, 58), dice.text(LOWER, 22)));
    add("messagebird-api-token", named(dice, "messagebird", LOWER, 25));
    add("messagebird-client-id", format!("messagebird = \"{}\"", uuid(dice)));
    add("new-relic-user-api-key", format!("a = \"NRAK-{}\"", dice.text(UPPER, 27)));
    add("new-relic-user-api-id", named(dice, "newrelic", UPPER, 64));
    add("new-relic-browser-api-token", format!("a = \"NRJS-{}\"", dice.text(HEX, 19)));
    add("npm-access-token", format!("a = \"{}\"", checked(dice, "npm_", 30)));
    add("planetscale-password", format!("a = pscale_pw_{}", dice.text(ALL, 43)));
    add("planetscale-api-token", format!("a = pscale_tkn_{}", dice.text(ALL, 43)));
    add("private-packagist-token", format!("a = packagist_uut_{}", dice.text(HEX, 68)));
    add("postman-api-token", format!("a = PMAK-{}-{}", dice.text(HEX, 24), dice.text(HEX, 34)));
    add("pulumi-api-token", format!("a = pul-{}", dice.text(HEX, 40)));
    add("rubygems-api-token", format!("a = rubygems_{}", dice.text(HEX, 48)));
    add("sendgrid-api-token", format!("a = SG.{}.{}", dice.text(ALL, 22), dice.text(ALL, 43)));
    add("sendinblue-api-token", format!("a = xkeysib-{}-{}", dice.text(HEX, 64), dice.text(LOWER, 16)));
    add("shippo-api-token", format!("a = shippo_live_{}", dice.text(HEX, 40)));
    add("linkedin-client-secret", named(dice, "linkedin", "abcdefghijklmnopqrstuvwxyz", 16));
    add("linkedin-client-id", named(dice, "linkedin", LOWER, 14));
    add("twitch-api-token", named(dice, "twitch", LOWER, 30));
    add("typeform-api-token", format!("typeform = tfp_{}", dice.text(LOWER, 59)));
    let config = encode(&format!(
        "{{\"auths\":{{\"registry.internal\":{{\"auth\":\"{}\"}}}}}}",
        encode("robot:s3cr3tword")
    ));
    add("dockerconfig-secret", format!("  .dockerconfigjson: {config}"));
    add("symfony-default-secret", format!("secret: {}NotSoSecretChangeIt", "ThisTokenIs"));
    add("azure-storage-account-key", format!("AccountKey={}==", dice.text(ALL, 86)));
    add(
        "azure-sas-token",
        format!("https://a.blob/?sv=2022-11-02&ss=b&srt=s&sp=r&sig={}%3D", dice.text(ALL, 43)),
    );
    add(
        "azure-devops-pat",
        format!("azure_devops_pat = {}", dice.text("abcdefghijklmnopqrstuvwxyz234567", 52)),
    );
    add("azure-entra-client-secret", format!("a = {}8Q~{}", dice.text(ALL, 3), dice.text(ALL, 34)));
    add(
        "azure-container-registry-credential",
        format!("a = {}JQQJ99CAACYeBjFEqg7NAAABAZCR{}", dice.text(ALL, 52), dice.text(ALL, 4)),
    );
    add("azure-container-registry-password", format!("team.azurecr.io password={}", dice.text(ALL, 32)));
    add(
        "azure-app-config-connection-string",
        format!(
            "Endpoint=https://team.azconfig.io;Id=abcd-l0-s0:{};Secret={}",
            dice.text(ALL, 20),
            dice.text(ALL, 44)
        ),
    );
    add(
        "azure-ai-services-key",
        format!(
            "a = {}JQQJ99CA{}XJ3w3{}ACOG{}",
            dice.text(ALL, 52),
            dice.text(ALL, 7),
            dice.text(ALL, 4),
            dice.text(ALL, 4)
        ),
    );
    for (id, prefix) in [
        ("openai-project-api-key", "sk-proj-"),
        ("openai-service-account-key", "sk-svcacct-"),
        ("openai-admin-api-key", "sk-admin-"),
    ] {
        add(id, format!("a = {prefix}{}T3BlbkFJ{}", dice.text(ALL, 58), dice.text(ALL, 58)));
    }
    add("openai-legacy-api-key", format!("a = sk-{}T3BlbkFJ{}", dice.text(ALL, 20), dice.text(ALL, 20)));
    add(
        "openai-service-api-key",
        format!("a = sk-service-bot-{}T3BlbkFJ{}", dice.text(ALL, 20), dice.text(ALL, 20)),
    );
    add("openai-realtime-client-secret", format!("a = ek_{}", dice.text(HEX, 32)));
    for (id, name, tag) in [
        ("maven-settings-password", "settings.xml", "password"),
        ("maven-settings-passphrase", "settings.xml", "passphrase"),
        ("maven-settings-security-master", "settings-security.xml", "master"),
    ] {
        all.push((id, name, format!("<{tag}>{}</{tag}>", dice.text(ALL, 16))));
    }
    all
}
