//! Language models and what surrounds them.

use seawall_findings::Severity::{Critical, High, Medium};

use crate::kind::{Kind, token};

/// OpenAI's keys hold `OpenAI` in base64 in their middle.
const OPENAI: &[&str] = &["T3BlbkFJ"];

pub(super) const KINDS: &[Kind] = &[
    token("openai-project-api-key", "OpenAI project API key", Critical, OPENAI, r"sk-proj-[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}").around(110),
    token("openai-service-account-key", "OpenAI service account key", Critical, OPENAI, r"sk-svcacct-[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}").around(115),
    token("openai-admin-api-key", "OpenAI admin API key", Critical, OPENAI, r"sk-admin-[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}").around(112),
    token("openai-legacy-api-key", "OpenAI legacy API key", High, OPENAI, r"sk-(?:None-)?[A-Za-z0-9]{20,42}T3BlbkFJ[A-Za-z0-9]{20,42}").around(52),
    token("openai-service-api-key", "OpenAI service API key", High, OPENAI, r"sk-service-[A-Za-z0-9-]{1,60}-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}").around(95),
    token("openai-realtime-client-secret", "OpenAI realtime client secret", Medium, &["ek_"], r"ek_[a-f0-9]{32}"),
    token("anthropic-api-key", "Anthropic API key", Critical, &["sk-ant-"], r"sk-ant-(?:api\d{2}|admin\d{2}|sid\d{2}|oat\d{2})-[A-Za-z0-9_-]{80,120}"),
    token("hugging-face-access-token", "Hugging Face token", Critical, &["hf_"], r"hf_[A-Za-z0-9]{34,40}").entropy(300),
    token("hugging-face-organisation-token", "Hugging Face organisation token", Critical, &["api_org_"], r"api_org_[A-Za-z]{34}").entropy(300),
    token("openrouter-api-key", "OpenRouter API key", High, &["sk-or-v1-"], r"sk-or-v1-[a-f0-9]{64}"),
    token("replicate-api-token", "Replicate token", High, &["r8_"], r"r8_[A-Za-z0-9]{37}").entropy(300),
    token("groq-api-key", "Groq API key", High, &["gsk_"], r"gsk_[A-Za-z0-9]{52}").entropy(300),
    token("xai-api-key", "xAI API key", High, &["xai-"], r"xai-[A-Za-z0-9]{80}").entropy(300),
    token("perplexity-api-key", "Perplexity API key", High, &["pplx-"], r"pplx-[A-Za-z0-9]{48}").entropy(300),
    token("deepseek-api-key", "DeepSeek API key", High, &["deepseek"], r#"(?i)deepseek[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>sk-[a-f0-9]{32})"#)
        .any_case()
        .open_left(),
    token("langsmith-api-key", "LangSmith API key", Medium, &["lsv2_"], r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
    token("langfuse-secret-key", "Langfuse secret key", Medium, &["sk-lf-"], r"sk-lf-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"),
    token("pinecone-api-key", "Pinecone API key", Medium, &["pcsk_"], r"pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,70}"),
    token("nvidia-api-key", "NVIDIA API key", High, &["nvapi-"], r"nvapi-[A-Za-z0-9_-]{60,70}"),
    token("weights-and-biases-key", "Weights & Biases API key", Medium, &["wandb"], r#"(?i)wandb[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{40})"#)
        .any_case()
        .open_left(),
    token("elevenlabs-api-key", "ElevenLabs API key", Medium, &["elevenlabs", "eleven_labs", "xi-api-key"], r#"(?i)(?:eleven_?labs[\w .-]{0,25}|xi-api-key)["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>(?:sk_)?[a-f0-9]{32,48})"#)
        .any_case()
        .open_left(),
    token("stability-ai-key", "Stability AI key", Medium, &["stability"], r#"(?i)stability[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>sk-[A-Za-z0-9]{48})"#)
        .any_case()
        .open_left(),
    token("cohere-api-key", "Cohere API key", Medium, &["cohere", "co_api_key"], r#"(?i)co(?:here)?[\w .-]{0,25}key["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[A-Za-z0-9]{40})"#)
        .any_case()
        .open_left()
        .entropy(380),
];
