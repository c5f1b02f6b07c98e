//! JSON Schema.

use serde_json::json;

use crate::{lines, load, refused, run};

const RULES: &str = r#"
apiVersion: v1
policies: []
customRules:
  - identifier: OWNER_LABEL
    name: Ensure that every Deployment has an owner
    defaultMessageOnFailure: add the label owner
    schema:
      if: {properties: {kind: {enum: [Deployment]}}}
      then:
        properties:
          metadata: {properties: {labels: {required: [owner]}}, required: [labels]}
  - identifier: AS_TEXT
    name: Ensure the name is short
    jsonSchema: '{"properties": {"metadata": {"properties": {"name": {"maxLength": 6}}}}}'
"#;

#[test]
fn datrees_custom_rules() {
    let checks = load(&[("policies.yaml", RULES)]);
    let findings =
        run(&checks, &json!({"kind": "Deployment", "metadata": {"name": "warehouse", "labels": {}}}));
    assert_eq!(
        lines(&findings),
        [
            "OWNER_LABEL medium 3: Deployment warehouse: Ensure that every Deployment has an owner",
            "AS_TEXT medium 3: Deployment warehouse: Ensure the name is short",
        ]
    );
    assert_eq!(findings[0].remedy, "add the label owner");
    assert!(
        run(&checks, &json!({"kind": "Deployment", "metadata": {"name": "shop", "labels": {"owner": "x"}}}))
            .is_empty()
    );
}

#[test]
fn no_schema_is_fetched() {
    let told = refused(&[(
        "a.yaml",
        "customRules:\n  - {identifier: X, schema: {$ref: 'https://example.com/schema.json'}}\n",
    )]);
    assert!(told.starts_with("a.yaml: customRules[0].schema is no JSON Schema: "), "{told}");
}
