//! Every route, on one screen. Each feature's `routes` feeds both the server and the OpenAPI document.

use std::sync::{Arc, OnceLock};

use actix_web::{
    HttpRequest,
    dev::{HttpServiceFactory, ResourceDef},
    http::Method,
    web::{self, Bytes},
};
use utoipa::openapi::{ComponentsBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, RefOr, Schema};
use utoipa_actix_web::OpenApiFactory;

use crate::{
    activities, api_keys, attachments, audit, auth, boards, changelog, comments, contests, draws, emails,
    erasure,
    error::{Code, Failure},
    fields, follows, health, ideas, insights, invitations, judging, members, merges, moderation,
    notifications, openapi, panels, proxies, resets, responses, roadmaps, segments, sessions, statuses,
    triage, votes,
};

/// The routes of the API.
pub fn all(to: &mut Routes<'_>) {
    auth::routes(to);
    resets::routes(to);
    emails::routes(to);
    erasure::routes(to);
    invitations::routes(to);
    members::routes(to);
    sessions::routes(to);
    ideas::routes(to);
    statuses::routes(to);
    responses::routes(to);
    merges::routes(to);
    activities::routes(to);
    fields::routes(to);
    votes::routes(to);
    proxies::routes(to);
    triage::routes(to);
    follows::routes(to);
    notifications::routes(to);
    comments::routes(to);
    attachments::routes(to);
    segments::routes(to);
    roadmaps::routes(to);
    changelog::routes(to);
    draws::routes(to);
    panels::routes(to);
    judging::routes(to);
    contests::routes(to);
    api_keys::routes(to);
    boards::routes(to);
    insights::routes(to);
    audit::routes(to);
    moderation::routes(to);
    health::routes(to);
}

/// Where the features lay their routes: a server takes the handlers, the document what stands above them. In one place of
/// the two at a time, because describing the API takes megabytes, which each worker of a server would hold on to.
pub enum Routes<'a> {
    Served(&'a mut web::ServiceConfig),
    Described(Paths, Vec<(String, RefOr<Schema>)>),
}

impl Routes<'_> {
    /// Closes an address to the methods that were not laid yet, so that no route after it takes its last part for an id.
    pub fn close(&mut self, path: &str) -> &mut Self {
        if let Self::Served(server) = self {
            server.service(web::resource(path).to(nowhere));
        }
        self
    }

    /// Lays a route: the verb and path that stand above the handler.
    pub fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: F) -> &mut Self {
        match self {
            Self::Served(server) => {
                server.service(handler);
            }
            Self::Described(paths, schemas) => {
                paths.merge(handler.paths());
                handler.schemas(schemas);
            }
        }
        self
    }

    /// What the annotations say of every route.
    #[must_use]
    pub fn described() -> OpenApi {
        let mut routes = Routes::Described(Paths::new(), Vec::new());
        all(&mut routes);
        let Routes::Described(paths, schemas) = routes else { return OpenApi::default() };
        let components = ComponentsBuilder::new().schemas_from_iter(schemas).build();
        OpenApiBuilder::new().paths(paths).components(Some(components)).build()
    }
}

/// What the API says of itself, worked out when it is first asked for: a server that nobody asks starts sooner and smaller.
#[derive(Default)]
pub struct Described {
    document: Arc<OnceLock<Bytes>>,
    methods: Arc<OnceLock<Vec<(ResourceDef, String)>>>,
}

impl Described {
    /// The OpenAPI document as JSON.
    ///
    /// # Errors
    /// 500 when it cannot be made, which its own tests rule out.
    pub async fn document(&self) -> Result<Bytes, Failure> {
        let kept = self.document.clone();
        let make = move || kept.get_or_init(|| openapi::document().to_string().into()).clone();
        web::block(make).await.map_err(Failure::internal)
    }

    /// The methods of an address, if it has any.
    async fn methods(&self, path: String) -> Result<Option<String>, Failure> {
        let kept = self.methods.clone();
        let find = move || {
            let methods = kept.get_or_init(|| {
                let described = Routes::described();
                let items = described.paths.paths.iter();
                items.map(|(path, item)| (ResourceDef::new(path.as_str()), methods_of(item))).collect()
            });
            methods.iter().find(|(pattern, _)| pattern.is_match(&path)).map(|(_, methods)| methods.clone())
        };
        web::block(find).await.map_err(Failure::internal)
    }
}

fn methods_of(item: &PathItem) -> String {
    [
        (Method::GET, item.get.is_some()),
        (Method::HEAD, item.head.is_some()),
        (Method::POST, item.post.is_some()),
        (Method::PUT, item.put.is_some()),
        (Method::PATCH, item.patch.is_some()),
        (Method::DELETE, item.delete.is_some()),
    ]
    .into_iter()
    .filter(|(_, there)| *there)
    .map(|(method, _)| method.to_string())
    .collect::<Vec<_>>()
    .join(", ")
}

/// What is answered where no route leads: an address that is not there, or a method that it has not.
///
/// # Errors
/// Always: 404, or 405 when the address has other methods.
pub async fn nowhere(request: HttpRequest, described: web::Data<Described>) -> Result<&'static str, Failure> {
    match described.methods(request.path().to_owned()).await? {
        Some(methods) => Err(Failure { allow: Some(methods), ..Failure::new(Code::MethodNotAllowed) }),
        None => Err(Code::NotFound.into()),
    }
}
