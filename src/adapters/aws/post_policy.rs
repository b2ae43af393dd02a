//! A signed form for one object (S3, "Creating an HTML form using AWS Signature Version 4"): which key,
//! how many bytes at most, up to when. The SDK signs requests, not forms.

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::json;
use sha2::Sha256;

use crate::config::Cloud;

/// What a form may bring.
pub(super) struct PostPolicy<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) bucket: &'a str,
    /// The only key.
    pub(super) key: &'a str,
    /// At least one byte, at most so many.
    pub(super) bytes_max: usize,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl PostPolicy<'_> {
    /// The fields of the form, in order; the file and the name of the file come behind them.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let day = self.from.strftime("%Y%m%d").to_string();
        let scope = format!("{day}/{}/s3/aws4_request", self.cloud.region);
        let mut fields = vec![
            ("key", self.key.to_owned()),
            // 204 would leave a browser without scripts on the page, as if nothing had happened.
            ("success_action_status", "201".to_owned()),
            ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("x-amz-credential", format!("{}/{scope}", self.cloud.key_id)),
            ("x-amz-date", self.from.strftime("%Y%m%dT%H%M%SZ").to_string()),
        ];
        if let Some(session) = &self.cloud.session {
            fields.push(("x-amz-security-token", session.clone()));
        }
        let mut conditions = vec![
            json!({"bucket": self.bucket}),
            json!(["content-length-range", 1, self.bytes_max]),
            json!(["starts-with", "$x-amz-meta-name", ""]),
        ];
        conditions
            .extend(fields.iter().map(|(name, value)| json!(["eq", format!("${name}"), value])));
        let expiration = self.until.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        let policy = json!({"expiration": expiration, "conditions": conditions}).to_string();
        let policy = BASE64.encode(policy.as_bytes());
        let signature = signature(&self.cloud.key, &day, &self.cloud.region, &policy);
        fields.push(("policy", policy));
        fields.push(("x-amz-signature", signature));
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The signature of a policy in base64.
fn signature(secret: &str, day: &str, region: &str, policy: &str) -> String {
    let steps = [day, region, "s3", "aws4_request", policy];
    let start = format!("AWS4{secret}").into_bytes();
    let signed = steps.iter().fold(start, |key, text| hmac(&key, text.as_bytes()));
    HEXLOWER.encode(&signed)
}

/// HMAC-SHA256 with a key of any length (RFC 2104): a long one is hashed, as `new_from_slice` does.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // No length of a key is refused.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// S3, "Example: Browser-Based Upload using HTTP POST": policy, key and signature as printed there.
    #[test]
    fn the_signature_is_that_of_the_published_example() {
        let policy = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let signed = signature(secret, "20151229", "us-east-1", policy);
        assert_eq!(signed, "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    #[test]
    fn the_policy_holds_key_size_and_time_and_every_field_but_the_file() {
        let cloud = Cloud {
            region: "eu-central-1".to_owned(),
            key_id: "AKIA".to_owned(),
            key: "secret".to_owned(),
            session: Some("session".to_owned()),
            endpoint: None,
            ses_endpoint: None,
            ca_bundle: None,
            path_style: false,
        };
        let from: Timestamp = "2026-03-02T10:00:00.5Z".parse().unwrap();
        let until = "2026-03-02T11:00:00.5Z".parse().unwrap();
        let policy = PostPolicy {
            cloud: &cloud,
            bucket: "b",
            key: "upload/a/1",
            bytes_max: 64,
            from,
            until,
        };
        let fields = policy.fields();
        let field = |name: &str| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap()
        };
        let policy: Value =
            serde_json::from_slice(&BASE64.decode(field("policy").as_bytes()).unwrap()).unwrap();
        assert_eq!(policy["expiration"], "2026-03-02T11:00:00.000Z");
        let expected = json!([
            {"bucket": "b"},
            ["content-length-range", 1, 64],
            ["starts-with", "$x-amz-meta-name", ""],
            ["eq", "$key", "upload/a/1"],
            ["eq", "$success_action_status", "201"],
            ["eq", "$x-amz-algorithm", "AWS4-HMAC-SHA256"],
            ["eq", "$x-amz-credential", "AKIA/20260302/eu-central-1/s3/aws4_request"],
            ["eq", "$x-amz-date", "20260302T100000Z"],
            ["eq", "$x-amz-security-token", "session"],
        ]);
        assert_eq!(policy["conditions"], expected);
        assert!(fields.iter().all(|(_, value)| !value.contains("secret")));
    }
}
