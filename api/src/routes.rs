//! Every route, on one screen. Each feature's `routes` feeds both the server and the OpenAPI document.

use actix_web::dev::ResourceDef;
use actix_web::{HttpRequest, http::Method, web};
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    auth, boards,
    error::{Code, Failure},
    health, ideas, members, votes,
};

/// The routes of the API.
pub fn all(config: &mut ServiceConfig) {
    auth::routes(config);
    members::routes(config);
    ideas::routes(config);
    votes::routes(config);
    boards::routes(config);
    health::routes(config);
}

/// Which methods each address of the API has: to tell an address that is not there from a method that is not.
pub struct Methods(Vec<(ResourceDef, String)>);

impl Methods {
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        Self(
            document
                .paths
                .paths
                .iter()
                .map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item)))
                .collect(),
        )
    }
}

fn methods(item: &PathItem) -> String {
    [
        (Method::GET, item.get.is_some()),
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

/// What is answered where no route leads.
///
/// # Errors
/// Always: 404, or 405 when the address has other methods.
pub async fn nowhere(request: HttpRequest, methods: web::Data<Methods>) -> Result<&'static str, Failure> {
    match methods.0.iter().find(|(path, _)| path.is_match(request.path())) {
        Some((_, methods)) => {
            Err(Failure { allow: Some(methods.clone()), ..Failure::new(Code::MethodNotAllowed) })
        }
        None => Err(Code::NotFound.into()),
    }
}
