//! What follows from a step of staff besides what it says of the panel: seats, and who hears of it.

use domain::{
    Stamp,
    answers::News,
    panels::{Panel, Step, terms::Method},
};
use persistence::{
    AnyConnection, Result as Rows, notifications,
    panels::{results, seats},
};

/// What follows from a step, after which the panel is as said.
pub fn follow(tx: &mut AnyConnection, step: Step, panel: &Panel, stamp: &Stamp) -> Rows<()> {
    match step {
        Step::Announce => {
            if panel.terms.method == Method::Manual {
                seats::seat_by_score(tx, panel, stamp.at)?;
            }
            seats::give_time(tx, panel, stamp.at)
        }
        Step::Close => results::tell_all(tx, stamp, panel.id),
        Step::Cancel => notifications::panels::tell_applicants(tx, stamp, News::PanelCancelled, panel.id),
        Step::Publish | Step::CloseRecruiting | Step::Lock | Step::Unlock | Step::Draw => Ok(()),
    }
}
