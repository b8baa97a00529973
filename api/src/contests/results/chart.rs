//! A result as a picture: the merit of each entry with its error bar, the best at the top, drawn as SVG.

use std::io;

use plotters::{
    drawing::DrawingAreaErrorKind,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::bodies::{ContestResultsBody, RankedEntryBody};
use crate::{error::Failure, language::Language};

const WIDTH: u32 = 960;
/// Of an entry, and of what stands around all of them.
const ROW: u32 = 24;
const AROUND: u32 = 150;
/// More than these are no picture any more; the table has them all.
const MOST: usize = 100;
/// As long as a name may be before it is cut.
const MOST_OF_NAME: usize = 18;
const BLUE: RGBColor = RGBColor(0x25, 0x63, 0xeb);
const GREY: RGBColor = RGBColor(0x6b, 0x72, 0x80);

/// # Errors
/// 500 when it cannot be drawn.
pub fn svg(body: &ContestResultsBody, language: Language) -> Result<String, Failure> {
    let mut picture = String::new();
    let shown = &body.entries[..body.entries.len().min(MOST)];
    let title = title(body, shown.len(), language);
    draw(&mut picture, &title, shown, language).map_err(Failure::internal)?;
    Ok(described(picture, &title, &description(shown, language)))
}

fn draw(
    picture: &mut String,
    title: &str,
    entries: &[RankedEntryBody],
    language: Language,
) -> Result<(), DrawingAreaErrorKind<io::Error>> {
    let rows = u32::try_from(entries.len().max(1)).unwrap_or(1);
    let area = SVGBackend::with_string(picture, (WIDTH, AROUND + ROW * rows)).into_drawing_area();
    area.fill(&WHITE)?;
    let (least, most) = bounds(entries);
    // Names stand in a fifth of the width, left of the figures.
    let names = (most - least) / 4.0;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 22))
        .margin(16)
        .x_label_area_size(48)
        .build_cartesian_2d(least - names..most, f64::from(rows)..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .light_line_style(TRANSPARENT)
        .x_label_formatter(&|x| if *x < least { String::new() } else { format!("{x:.0}") })
        .x_desc(
            language.pick(
                "심사 점수와 표준오차 (파랑: 수상)",
                "Merit and its standard error (blue: wins a prize)",
            ),
        )
        .axis_desc_style(("sans-serif", 16))
        .label_style(("sans-serif", 14))
        .draw()?;
    let style = ("sans-serif", 15).into_font().color(&BLACK).pos(Pos::new(HPos::Right, VPos::Center));
    for (nth, entry) in entries.iter().enumerate() {
        let (middle, colour) = (nth as f64 + 0.5, if entry.prize.is_some() { BLUE } else { GREY });
        let (low, high) = (entry.theta - entry.se, entry.theta + entry.se);
        let line = |from, to| PathElement::new([from, to], colour);
        let end = |x| line((x, middle - 0.2), (x, middle + 0.2));
        chart.draw_series([line((low, middle), (high, middle)), end(low), end(high)])?;
        chart.draw_series([Circle::new((entry.theta, middle), 4, colour.filled())])?;
        let named = format!("{}. {}", entry.rank, cut(entry.title.as_deref().unwrap_or(&entry.entry)));
        chart.draw_series([Text::new(named, (least, middle), style.clone())])?;
    }
    area.present()
}

/// Between which figures all bars lie, with some room.
fn bounds(entries: &[RankedEntryBody]) -> (f64, f64) {
    let lows = entries.iter().map(|entry| entry.theta - entry.se);
    let highs = entries.iter().map(|entry| entry.theta + entry.se);
    let (low, high) = (lows.fold(f64::INFINITY, f64::min), highs.fold(f64::NEG_INFINITY, f64::max));
    if low.is_finite() && high.is_finite() { (low.floor() - 1.0, high.ceil() + 1.0) } else { (0.0, 100.0) }
}

fn cut(name: &str) -> String {
    let mut cut: String = name.chars().take(MOST_OF_NAME).collect();
    if cut.len() < name.len() {
        cut.push('…');
    }
    cut
}

fn title(body: &ContestResultsBody, shown: usize, language: Language) -> String {
    let name = cut(&body.contest.title);
    let all = body.entries.len();
    match (language, shown < all) {
        (Language::Ko, false) => format!("{name}: 결과"),
        (Language::Ko, true) => format!("{name}: 결과 ({all}개 가운데 {shown}개)"),
        (Language::En, false) => format!("{name}: result"),
        (Language::En, true) => format!("{name}: result (the first {shown} of {all})"),
    }
}

/// The same in words, for whoever does not see it.
fn description(entries: &[RankedEntryBody], language: Language) -> String {
    let line = |entry: &RankedEntryBody| {
        let name = entry.title.as_deref().unwrap_or(&entry.entry);
        let RankedEntryBody { rank, theta, se, .. } = entry;
        match language {
            Language::Ko => format!("{rank}위 {name}: {theta} ± {se}"),
            Language::En => format!("{rank}. {name}: {theta} ± {se}"),
        }
    };
    entries.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// The picture with a title and a description, which readers of screens read.
fn described(picture: String, title: &str, description: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words = format!("<title>{}</title>\n<desc>{}</desc>", escaped(title), escaped(description));
    match picture.split_once("<svg ") {
        Some((before, after)) => match after.split_once('>') {
            Some((attributes, rest)) => {
                format!("{before}<svg role=\"img\" {attributes}>\n{words}{rest}")
            }
            None => picture,
        },
        None => picture,
    }
}
