//! AWS: instances, volumes, containers, functions.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row, words};
use crate::value::{Value, parse_json};
use crate::{Language, Resource};

const CLUSTER: &[&str] = &["aws_eks_cluster"];
const REPOSITORY: &[&str] = &["aws_ecr_repository"];
const TASK: &[&str] = &["aws_ecs_task_definition"];

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/eks/latest/best-practices/security.html",
    checks: &[
        row(
            "eks-logging",
            "AWS-0038",
            Medium,
            "The control plane of an EKS cluster is not fully logged",
            "Without its logs nobody can tell who did what to the cluster.",
            "Enable all: `enabled_cluster_log_types = [\"api\", \"audit\", \"authenticator\", \"controllerManager\", \"scheduler\"]`.",
            Look::Value(
                CLUSTER,
                "enabled_cluster_log_types",
                Want::Has(&["api", "audit", "authenticator", "controllerManager", "scheduler"]),
            ),
        ),
        row(
            "eks-secrets-encryption",
            "AWS-0039",
            High,
            "Secrets of an EKS cluster are not encrypted with a key of one's own",
            "Kubernetes secrets are then only as safe as the disk of etcd.",
            "Add `encryption_config { resources = [\"secrets\"] provider { key_arn = aws_kms_key.eks.arn } }`.",
            Look::Each(CLUSTER, eks_encryption),
        ),
        row(
            "eks-public-endpoint",
            "AWS-0040",
            Critical,
            "The API server of an EKS cluster is open to the Internet",
            "Every stolen credential and every flaw of the API server can then be used from anywhere.",
            "Close it: `vpc_config { endpoint_public_access = false, endpoint_private_access = true }`.",
            Look::Value(CLUSTER, "vpc_config.endpoint_public_access", Want::OffAndSet),
        ),
        row(
            "eks-public-cidr",
            "AWS-0041",
            Critical,
            "The API server of an EKS cluster answers to every address",
            "Every stolen credential and every flaw of the API server can then be used from anywhere.",
            "Limit it: `public_access_cidrs = [\"203.0.113.0/24\"]`, or close the public endpoint.",
            Look::Each(CLUSTER, eks_addresses),
        ),
        row(
            "ecr-scan",
            "AWS-0030",
            High,
            "Images are not scanned when they are pushed",
            "Vulnerable images are then deployed before anybody knows.",
            "Scan them: `image_scanning_configuration { scan_on_push = true }`.",
            Look::Value(REPOSITORY, "image_scanning_configuration.scan_on_push", Want::On),
        ),
        row(
            "ecr-mutable-tag",
            "AWS-0031",
            High,
            "A tag of the repository can be moved to another image",
            "Who may push replaces what runs under a name that was checked.",
            "Fix them: `image_tag_mutability = \"IMMUTABLE\"`.",
            Look::Value(
                REPOSITORY,
                "image_tag_mutability",
                Want::Is(&["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"]),
            ),
        ),
        row(
            "ecr-public",
            "AWS-0032",
            High,
            "Everybody may use the repository",
            "Strangers pull the images, or push their own.",
            "Name the account: `\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}`.",
            Look::Whole(ecr_public),
        ),
        row(
            "ecr-own-key",
            "AWS-0033",
            Low,
            "A repository is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Add `encryption_configuration { encryption_type = \"KMS\" kms_key = aws_kms_key.ecr.arn }`.",
            Look::Each(REPOSITORY, ecr_key),
        ),
        row(
            "ecs-insights",
            "AWS-0034",
            Low,
            "A cluster of ECS is not watched by Container Insights",
            "Unusual use of a container is not seen.",
            "Enable it: `setting { name = \"containerInsights\" value = \"enabled\" }`.",
            Look::Each(&["aws_ecs_cluster"], insights),
        ),
        row(
            "ecs-efs-transit",
            "AWS-0035",
            High,
            "A task reads a file system over an unencrypted connection",
            "What is read and written can be seen on the way.",
            "Encrypt it: `efs_volume_configuration { transit_encryption = \"ENABLED\" }`.",
            Look::Each(TASK, efs_transit),
        ),
        row(
            "ecs-environment-secret",
            "AWS-0036",
            Critical,
            "A task definition has a secret in its environment",
            "Everybody who may describe the task reads it.",
            "Refer to it: `secrets = [{name = \"PASSWORD\", valueFrom = aws_secretsmanager_secret.db.arn}]`.",
            Look::Each(TASK, task_secrets),
        ),
        row(
            "ec2-metadata-token",
            "AWS-0028",
            High,
            "The metadata service of an instance answers without a token",
            "A web application that can be made to fetch an address gives the instance's credentials away.",
            "Ask for tokens: `metadata_options { http_tokens = \"required\" }`.",
            Look::Each(&["aws_instance"], metadata_token),
        ),
        row(
            "launch-metadata-token",
            "AWS-0130",
            High,
            "The metadata service of launched instances answers without a token",
            "A web application that can be made to fetch an address gives the instance's credentials away.",
            "Ask for tokens: `metadata_options { http_tokens = \"required\" }`.",
            Look::Each(&["aws_launch_configuration", "aws_launch_template"], metadata_token),
        ),
        row(
            "ec2-user-data-secret",
            "AWS-0029",
            Critical,
            "User data of an instance holds a key",
            "Everybody on the instance, and everybody who may describe it, reads it.",
            "Give the instance a role: `iam_instance_profile = aws_iam_instance_profile.app.name`.",
            Look::Each(&["aws_instance"], user_data),
        ),
        row(
            "launch-user-data-secret",
            "AWS-0129",
            Critical,
            "User data of launched instances holds a key",
            "Everybody on the instance, and everybody who may describe it, reads it.",
            "Give the instances a role: `iam_instance_profile { name = … }`.",
            Look::Each(&["aws_launch_configuration", "aws_launch_template"], user_data),
        ),
        row(
            "ec2-volume-encryption",
            "AWS-0131",
            High,
            "A block device of an instance is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `root_block_device { encrypted = true }`.",
            Look::Each(&["aws_instance"], devices),
        ),
        row(
            "launch-volume-encryption",
            "AWS-0008 AWS-0122",
            High,
            "A block device of launched instances is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `root_block_device { encrypted = true }`.",
            Look::Each(&["aws_launch_configuration", "aws_launch_template"], devices),
        ),
        row(
            "launch-public-address",
            "AWS-0009",
            High,
            "Launched instances get public addresses",
            "Each instance can then be reached from the Internet, whatever stands in front of it.",
            "Leave it out: `associate_public_ip_address = false`.",
            Look::Value(&["aws_launch_configuration"], "associate_public_ip_address", Want::Off),
        ),
        row(
            "ebs-encryption",
            "AWS-0026",
            High,
            "A volume is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `encrypted = true`.",
            Look::Each(&["aws_ebs_volume"], volume),
        ),
        row(
            "ebs-own-key",
            "AWS-0027",
            Low,
            "A volume is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `kms_key_id = aws_kms_key.disks.arn`.",
            Look::Value(&["aws_ebs_volume"], "kms_key_id", Want::Set),
        ),
        row(
            "lambda-tracing",
            "AWS-0066",
            Low,
            "A function is not traced",
            "What a function called, and what failed there, cannot be followed.",
            "Trace it: `tracing_config { mode = \"Active\" }`.",
            Look::Value(&["aws_lambda_function"], "tracing_config.mode", Want::Is(&["Active"])),
        ),
        row(
            "lambda-source",
            "AWS-0067",
            Critical,
            "A service of AWS may call the function on behalf of anybody",
            "Without a source, another account's bucket or topic calls it just as well.",
            "Name the source: `source_arn = aws_sns_topic.orders.arn`.",
            Look::Each(&["aws_lambda_permission"], permission),
        ),
        row(
            "codebuild-encryption",
            "AWS-0018",
            High,
            "Artifacts of a build are not encrypted",
            "Who reaches the bucket reads and replaces what is built.",
            "Leave encryption on: remove `encryption_disabled = true`.",
            Look::Each(&["aws_codebuild_project"], artifacts),
        ),
        row(
            "workspaces-encryption",
            "AWS-0109",
            High,
            "A volume of a workspace is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt both: `root_volume_encryption_enabled = true`, `user_volume_encryption_enabled = true`.",
            Look::Each(&["aws_workspaces_workspace"], workspace),
        ),
    ],
};

fn eks_encryption(resource: &Resource, hits: &mut Hits<'_>) {
    let config = resource.get("encryption_config");
    if config.is_null() {
        hits.on(resource, "there is no `encryption_config`");
        return;
    }
    for block in config.items() {
        hits.want_of(
            resource,
            &block.field("resources"),
            "encryption_config.resources",
            Want::Has(&["secrets"]),
        );
        hits.want_of(
            resource,
            &block.get("provider.key_arn"),
            "encryption_config.provider.key_arn",
            Want::Set,
        );
    }
}

fn eks_addresses(resource: &Resource, hits: &mut Hits<'_>) {
    let public = resource.get("vpc_config.endpoint_public_access");
    if public.is_unknown() || public.as_bool() == Some(false) {
        return;
    }
    if resource.get("vpc_config").is_null() {
        return;
    }
    let addresses = resource.get("vpc_config.public_access_cidrs");
    if addresses.is_null() {
        hits.add(resource, &addresses, "`vpc_config.public_access_cidrs` is not set, which is `0.0.0.0/0`");
    }
    for address in addresses.items().iter().filter(|address| words::is_anywhere(address)) {
        hits.add(resource, address, format!("`vpc_config.public_access_cidrs` has {}", address.show()));
    }
}

fn ecr_public(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for resource in graph.of_any(&["aws_ecr_repository_policy", "aws_ecr_repository"]) {
        for statement in super::policy::statements(&resource.get("policy")) {
            if super::policy::allows(&statement)
                && let Some(principal) = super::policy::everybody(&statement)
            {
                hits.add(resource, &principal, "the policy allows everybody (`*`)");
            }
        }
    }
}

fn ecr_key(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "encryption_configuration.encryption_type", Want::Is(&["KMS", "KMS_DSSE"]));
    if resource.get("encryption_configuration.encryption_type").equals("KMS") == Some(true) {
        hits.want(resource, "encryption_configuration.kms_key", Want::Set);
    }
}

fn insights(resource: &Resource, hits: &mut Hits<'_>) {
    let settings = resource.all("setting");
    if settings.iter().any(Value::has_unknown) {
        return;
    }
    let on = settings.iter().any(|setting| {
        setting.field("name").equals("containerInsights") == Some(true)
            && setting.field("value").as_str().is_some_and(|value| value.starts_with("en"))
    });
    if !on {
        hits.on(resource, "the setting `containerInsights` is not `enabled`");
    }
}

fn efs_transit(resource: &Resource, hits: &mut Hits<'_>) {
    for volume in resource.all("volume.efs_volume_configuration") {
        hits.want_of(
            resource,
            &volume.field("transit_encryption"),
            "efs_volume_configuration.transit_encryption",
            Want::Is(&["ENABLED"]),
        );
    }
}

fn task_secrets(resource: &Resource, hits: &mut Hits<'_>) {
    let definitions = resource.get("container_definitions");
    let parsed = match definitions.pattern() {
        Some(text) => parse_json(text, definitions.at).unwrap_or_else(|| Value::null(definitions.at)),
        None => definitions,
    };
    for container in parsed.items() {
        for variable in
            ["environment", "Environment"].iter().flat_map(|name| container.field(name).items().to_vec())
        {
            let name =
                [variable.field("name"), variable.field("Name")].into_iter().find(|name| !name.is_null());
            let value =
                [variable.field("value"), variable.field("Value")].into_iter().find(|value| !value.is_null());
            let (Some(name), Some(value)) = (name, value) else { continue };
            let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { continue };
            let named = name.as_str().is_some_and(|name| {
                let name = name.to_ascii_uppercase();
                ["PASSWORD", "PASSWD", "SECRET", "ACCESS_KEY", "API_KEY", "APIKEY", "TOKEN", "PRIVATE_KEY"]
                    .iter()
                    .any(|word| name.contains(word))
            });
            if named || words::has_key(text) {
                hits.add(
                    resource,
                    &name,
                    format!("the variable {} holds its value in plain text", name.show()),
                );
            }
        }
    }
}

fn metadata_token(resource: &Resource, hits: &mut Hits<'_>) {
    if resource.get("metadata_options.http_endpoint").equals("disabled") != Some(true) {
        hits.want(resource, "metadata_options.http_tokens", Want::Is(&["required"]));
    }
}

fn user_data(resource: &Resource, hits: &mut Hits<'_>) {
    for name in ["user_data", "user_data_base64"] {
        let value = resource.get(name);
        if words::user_data(&value).is_some_and(|text| words::has_key(&text)) {
            // Never the text itself.
            hits.add(resource, &value, format!("`{name}` has a key in it"));
        }
    }
}

fn devices(resource: &Resource, hits: &mut Hits<'_>) {
    if encrypted_by_default(hits) {
        return;
    }
    let has_root = resource.kind != "aws_launch_template" && resource.language != Language::CloudFormation;
    if has_root && resource.get("root_block_device").is_null() {
        hits.on(resource, "there is no `root_block_device`, and what the image has is not encrypted");
    }
    for name in ["root_block_device", "ebs_block_device", "block_device_mappings.ebs"] {
        for device in resource.all(name) {
            // An existing snapshot keeps its own encryption.
            if !device.field("snapshot_id").is_set() {
                hits.want_of(resource, &device.field("encrypted"), &format!("{name}.encrypted"), Want::On);
            }
        }
    }
}

fn encrypted_by_default(hits: &Hits<'_>) -> bool {
    hits.graph.of("aws_ebs_encryption_by_default").any(|one| one.get("enabled").as_bool() != Some(false))
}

fn volume(resource: &Resource, hits: &mut Hits<'_>) {
    if !encrypted_by_default(hits) {
        hits.want(resource, "encrypted", Want::On);
    }
}

fn permission(resource: &Resource, hits: &mut Hits<'_>) {
    let service =
        resource.get("principal").pattern().is_some_and(|principal| principal.ends_with(".amazonaws.com"));
    if service {
        hits.want(resource, "source_arn", Want::Set);
    }
}

fn artifacts(resource: &Resource, hits: &mut Hits<'_>) {
    for name in ["artifacts", "secondary_artifacts"] {
        for block in resource.all(name) {
            hits.want_of(
                resource,
                &block.field("encryption_disabled"),
                &format!("{name}.encryption_disabled"),
                Want::Off,
            );
        }
    }
}

fn workspace(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "root_volume_encryption_enabled", Want::On);
    hits.want(resource, "user_volume_encryption_enabled", Want::On);
}
