//! The weeks as a picture: a group of bars for each, drawn as SVG.

use std::io;

use plotters::{drawing::DrawingAreaErrorKind, prelude::*};

use super::bodies::{LoopBody, WeekBody};
use crate::{error::Failure, language::Language};

const SIZE: (u32, u32) = (960, 480);
/// As long as a title may be before it is cut: as much as there is room for in Korean.
const MOST_OF_NAME: usize = 40;

/// What is drawn of each week.
struct Series {
    name: &'static str,
    colour: RGBColor,
    of: fn(&WeekBody) -> i64,
}

/// # Errors
/// 500 when it cannot be drawn.
pub(super) fn svg(body: &LoopBody, language: Language) -> Result<String, Failure> {
    let mut picture = String::new();
    draw(&mut picture, body, language).map_err(Failure::internal)?;
    Ok(picture)
}

fn draw(
    picture: &mut String,
    body: &LoopBody,
    language: Language,
) -> Result<(), DrawingAreaErrorKind<io::Error>> {
    let area = SVGBackend::with_string(picture, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let weeks = &body.weeks;
    let most = weeks.iter().map(|week| week.ideas).max().unwrap_or(0).max(4);
    let mut chart = ChartBuilder::on(&area)
        .caption(title(body, language), ("sans-serif", 24))
        .margin(16)
        .x_label_area_size(52)
        .y_label_area_size(64)
        // Room above the bars for the names of the colours.
        .build_cartesian_2d(0.0..weeks.len() as f64, 0..most + most / 4 + 1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(weeks.len().clamp(2, 10))
        .x_label_formatter(&|place| monday_at(weeks, *place))
        .x_desc(language.pick("주 (시작하는 월요일)", "Week (its Monday)"))
        .y_desc(language.pick("제안 수", "Ideas"))
        .axis_desc_style(("sans-serif", 17))
        .label_style(("sans-serif", 15))
        .draw()?;
    for (nth, Series { name, colour, of }) in series(language).into_iter().enumerate() {
        // The three bars take eight tenths of their week.
        let bar = |(week, body): (usize, &WeekBody)| {
            let left = week as f64 + 0.1 + 0.8 / 3.0 * nth as f64;
            Rectangle::new([(left, 0), (left + 0.8 / 3.0, of(body))], colour.filled())
        };
        let sum: i64 = weeks.iter().map(of).sum();
        chart
            .draw_series(weeks.iter().enumerate().map(bar))?
            .label(format!("{name} {sum}"))
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 10, y + 5)], colour.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .label_font(("sans-serif", 16))
        .draw()?;
    area.present()
}

fn series(language: Language) -> [Series; 3] {
    [
        Series {
            name: language.pick("제안", "Ideas"),
            colour: RGBColor(0x9c, 0xa3, 0xaf),
            of: |week| week.ideas,
        },
        Series {
            name: language.pick("답변", "Answered"),
            colour: RGBColor(0x25, 0x63, 0xeb),
            of: |week| week.answered,
        },
        Series {
            name: language.pick("결정", "Decided"),
            colour: RGBColor(0x16, 0xa3, 0x4a),
            of: |week| week.decided,
        },
    ]
}

fn title(body: &LoopBody, language: Language) -> String {
    let every = language.pick("전체 게시판", "All boards");
    let name = body.board.as_ref().map_or(every, |board| &board.name);
    let mut cut: String = name.chars().take(MOST_OF_NAME).collect();
    if cut.len() < name.len() {
        cut.push('…');
    }
    let (from, last) = (body.from, body.to.pred_opt().unwrap_or(body.to));
    match language {
        Language::Ko => format!("{cut}: 제안과 답변, {from} ~ {last}"),
        Language::En => format!("{cut}: ideas and answers, {from} to {last}"),
    }
}

/// The Monday of the week that begins at a place of the axis.
fn monday_at(weeks: &[WeekBody], place: f64) -> String {
    let begins = (place - place.round()).abs() < 1e-6;
    let week = weeks.get(place.round() as usize).filter(|_| begins);
    week.map_or_else(String::new, |week| week.week.to_string())
}
