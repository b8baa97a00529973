//! People who use an instance: each call is a request, and each answer is checked against the contract.

use chrono::TimeDelta;
use jsonwebtoken::{EncodingKey, Header};
use reqwest::{
    Method, RequestBuilder,
    header::HeaderMap,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::{ADMIN_EMAIL, ADMIN_PASSWORD, SSO_SECRET, TestApp, answer::Answer, contract};

/// What those who register choose.
pub const PASSWORD: &str = "a long enough password";

/// Somebody at the instance.
#[derive(Clone)]
pub struct Person<'a> {
    app: &'a TestApp,
    pub token: Option<String>,
    pub refresh_token: Option<String>,
    pub id: String,
    headers: Vec<(String, String)>,
}

impl<'a> Person<'a> {
    pub(crate) fn visitor(app: &'a TestApp) -> Self {
        Self { app, token: None, refresh_token: None, id: String::new(), headers: Vec::new() }
    }

    pub(crate) async fn member(app: &'a TestApp, name: &str) -> Self {
        let email = format!("{name}@example.com");
        let token = sso_token(app, &json!({ "sub": name, "email": email, "name": name }));
        let answer = Self::visitor(app).post("/v1/auth/sso", &json!({ "token": token })).await;
        Self::signed_in(app, &answer.expect(200))
    }

    pub(crate) async fn admin(app: &'a TestApp) -> Self {
        let body = json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD });
        Self::signed_in(app, &Self::visitor(app).post("/v1/auth/login", &body).await.expect(200))
    }

    pub(crate) async fn staff(app: &'a TestApp, role: &str) -> Self {
        let person = Self::member(app, &format!("staff-{}", role.replace('_', "-"))).await;
        let admin = Self::admin(app).await;
        admin.patch(&format!("/v1/members/{}", person.id), &json!({ "role": role })).await.expect(200);
        person
    }

    /// Somebody who registers with a password, [`PASSWORD`], at `{name}@example.com`.
    pub async fn registered(app: &'a TestApp, name: &str) -> Self {
        let body =
            json!({ "email": format!("{name}@example.com"), "password": PASSWORD, "display_name": name });
        Self::signed_in(app, &Self::visitor(app).post("/v1/auth/register", &body).await.expect(201))
    }

    /// Signs in at `{name}@example.com` with a password.
    pub async fn login(app: &TestApp, name: &str, password: &str) -> Answer {
        let body = json!({ "email": format!("{name}@example.com"), "password": password });
        Person::visitor(app).post("/v1/auth/login", &body).await
    }

    /// Whoever holds the tokens of an answer to a sign-in.
    pub fn signed_in(app: &'a TestApp, tokens: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            app,
            token: Some(text(&tokens["access_token"])),
            refresh_token: Some(text(&tokens["refresh_token"])),
            id: text(&tokens["member"]["id"]),
            headers: Vec::new(),
        }
    }

    /// The same person, sending one more header.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut person = self.clone();
        person.headers.push((name.to_owned(), value.to_owned()));
        person
    }

    /// The same person with another access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str) -> Answer {
        self.send(self.request(Method::PUT, path)).await
    }

    /// A PUT that says something.
    pub async fn put_body(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Sends a file under a name.
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> Answer {
        self.send(self.request(Method::POST, "/v1/attachments").multipart(form(name, bytes))).await
    }

    /// A file that stands nowhere yet; its id.
    pub async fn file(&self, name: &str, bytes: Vec<u8>) -> String {
        self.upload(name, bytes).await.expect(201)["id"].as_str().unwrap().to_owned()
    }

    /// The bytes at an address, with status and headers, as whoever follows it gets them.
    pub async fn fetch(&self, path: &str, headers: &[(&'static str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
        let request = headers
            .iter()
            .fold(self.request(Method::GET, path), |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.unwrap().to_vec())
    }

    /// A request that the caller finishes, for what the others cannot say.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.app.client.request(method, format!("{}{path}", self.app.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// Sends a request and checks the answer against the contract.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, url) = (request.method().clone(), request.url().clone());
        let response = self.app.client.execute(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { request: format!("{method} {}", url.path()), status, headers, text, json };
        contract::check(&method, url.path(), &answer);
        answer
    }

    /// Every item of a list, page by page, in pages of `limit`.
    pub async fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let sign = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{sign}limit={limit}{cursor}")).await.expect(200);
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// A board with the default audiences, changed as said; its slug.
    pub async fn board(&self, slug: &str, changes: Value) -> String {
        let mut body = json!({ "name": slug, "slug": slug });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.post("/v1/boards", &body).await.expect(201);
        slug.to_owned()
    }

    /// A new idea; its id.
    pub async fn idea(&self, board: &str, title: &str) -> String {
        let body = json!({ "title": title, "body": format!("{title} - 본문입니다.") });
        let made = self.post(&format!("/v1/boards/{board}/ideas"), &body).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }
}

/// The form that a file is sent in.
pub fn form(name: &str, bytes: Vec<u8>) -> Form {
    Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()))
}

/// A token of the brand's own sign-on, good for five minutes of the instance's clock.
pub fn sso_token(app: &TestApp, claims: &Value) -> String {
    sso_token_until((app.clock().now() + TimeDelta::minutes(5)).timestamp(), claims)
}

/// A token of the brand's own sign-on that expires then, unless the claims say otherwise.
pub fn sso_token_until(expires: i64, claims: &Value) -> String {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().entry("exp").or_insert(json!(expires));
    let key = EncodingKey::from_secret(SSO_SECRET.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap()
}
