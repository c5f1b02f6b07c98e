//! Templates, plans and programs: the same resources, the same checks.

use crate::support::{ids, resource, resources, scanned};

#[test]
fn functions_of_templates() {
    let text = r#"
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Acl: {Type: String, Default: PublicRead}
  Key: {Type: String}
Mappings:
  Sizes:
    small: {disk: 10}
Conditions:
  IsPublic: !Equals [!Ref Acl, PublicRead]
  Never: !Not [!Condition IsPublic]
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "logs-${Acl}-${AWS::Region}"
      AccessControl: !Ref Acl
      VersioningConfiguration:
        Status: !If [IsPublic, Suspended, Enabled]
  Gone:
    Type: AWS::S3::Bucket
    Condition: Never
  Disk:
    Type: AWS::EC2::Volume
    Properties:
      Size: !FindInMap [Sizes, small, disk]
      KmsKeyId: !Ref Key
      Encrypted: !If [Never, false, !Ref "AWS::NoValue"]
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      S3BucketName: !Ref Logs
      TrailName: !Join ["-", [a, b]]
"#;
    let files = [("stack.yaml", text)];
    let addresses: Vec<String> = resources(&files).into_iter().map(|resource| resource.address).collect();
    assert_eq!(addresses, ["Disk", "Logs", "Trail"]);
    let logs = resource(&files, "Logs");
    assert_eq!([logs.get("bucket").show(), logs.get("acl").show()], ["`logs-PublicRead-…`", "`public-read`"]);
    assert_eq!(resource(&files, "Disk").get("size").show(), "`10`");
    assert_eq!(resource(&files, "Trail").get("name").show(), "`a-b`");
    let outcome = scanned(&files);
    let found = ids(&outcome);
    for id in ["s3-public-acl", "trail-bucket-public", "ebs-encryption", "s3-versioning"] {
        assert!(found.contains(&id), "{id}: {found:?}");
    }
    assert!(!found.contains(&"ebs-own-key"), "what a parameter gives is unknown");
    let acl = outcome.findings.iter().find(|finding| finding.id == "s3-public-acl").unwrap();
    assert_eq!(acl.position.unwrap().line, 4, "where the default is written");
}

#[test]
fn plans_are_resources_with_their_unknowns() {
    let text = r#"{
  "format_version": "1.2", "terraform_version": "1.9.0",
  "planned_values": {"root_module": {
    "resources": [
      {"address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs", "values": {"acl": "public-read"}},
      {"address": "aws_ebs_volume.d", "mode": "managed", "type": "aws_ebs_volume", "name": "d", "values": {"encrypted": true}}],
    "child_modules": [{"address": "module.a", "resources": [
      {"address": "module.a.aws_s3_bucket_public_access_block.b", "mode": "managed", "type": "aws_s3_bucket_public_access_block", "name": "b",
       "values": {"block_public_acls": true}},
      {"address": "module.a.aws_s3_bucket.c", "mode": "managed", "type": "aws_s3_bucket", "name": "c", "values": {}}]}]}},
  "resource_changes": [
    {"address": "aws_ebs_volume.d", "change": {"after_unknown": {"id": true, "kms_key_id": true}}},
    {"address": "module.a.aws_s3_bucket_public_access_block.b", "change": {"after_unknown": {"bucket": true}}}],
  "configuration": {"root_module": {
    "resources": [],
    "module_calls": {"a": {"module": {"resources": [
      {"address": "aws_s3_bucket_public_access_block.b", "type": "aws_s3_bucket_public_access_block", "name": "b",
       "expressions": {"bucket": {"references": ["aws_s3_bucket.c.id", "aws_s3_bucket.c"]}}}]}}}}}
}"#;
    let outcome = scanned(&[("plan.json", text)]);
    let of = |id: &str| -> Vec<String> {
        outcome
            .findings
            .iter()
            .filter(|finding| finding.id == id)
            .map(|finding| finding.evidence.clone().unwrap())
            .collect()
    };
    assert_eq!(of("s3-public-acl").len(), 1);
    assert!(of("ebs-own-key").is_empty(), "unknown until it is applied");
    let blocks = of("s3-public-access-block");
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    assert!(blocks[0].starts_with("aws_s3_bucket.logs:"), "{blocks:?}");
}

#[test]
fn pulumi_programs_and_stacks() {
    let program = r#"
name: shop
runtime: yaml
resources:
  logs:
    type: aws:s3:Bucket
    properties:
      acl: public-read
  block:
    type: aws:s3:BucketPublicAccessBlock
    properties:
      bucket: ${logs.id}
      blockPublicAcls: true
  web:
    type: aws:ec2:SecurityGroup
    properties:
      description: web
      ingress:
        - {description: ssh, protocol: tcp, fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"]}
"#;
    let outcome = scanned(&[("Pulumi.yaml", program)]);
    let found = ids(&outcome);
    assert!(found.contains(&"s3-public-acl") && found.contains(&"sg-ingress-admin"), "{found:?}");
    assert!(!found.contains(&"s3-block-public-acls"), "{found:?}");
    let stack = r#"{"version": 3, "deployment": {"resources": [
      {"urn": "urn:pulumi:dev::shop::aws:eks/cluster:Cluster::main", "type": "aws:eks/cluster:Cluster",
       "inputs": {"vpcConfig": {"endpointPublicAccess": true}}}], "manifest": {"version": "pulumi"}}}"#;
    assert!(ids(&scanned(&[("stack.json", stack)])).contains(&"eks-public-endpoint"));
}

#[test]
fn other_documents_are_passed_over() {
    let outcome =
        scanned(&[("a.yaml", "kind: Pod\n"), ("b.json", "{\"Resources\": []}"), ("c.yaml", "a: [")]);
    assert!(outcome.findings.is_empty() && outcome.problems.is_empty(), "{:?}", outcome.problems);
}
