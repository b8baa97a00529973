//! A funnel as a picture: a bar for each step, drawn as SVG.

use std::io;

use plotters::{
    drawing::DrawingAreaErrorKind,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::error::Failure;

const SIZE: (u32, u32) = (960, 480);
/// As long as a title may be before it is cut.
const MOST_OF_TITLE: usize = 40;
const BLUE: RGBColor = RGBColor(0x25, 0x63, 0xeb);

/// Steps by their name and how many came so far; without the number they are left out.
///
/// # Errors
/// 500 when it cannot be drawn.
pub fn svg(title: &str, caption: &str, steps: &[(&str, Option<i64>)]) -> Result<String, Failure> {
    let mut picture = String::new();
    draw(&mut picture, title, caption, steps).map_err(Failure::internal)?;
    Ok(picture)
}

fn draw(
    picture: &mut String,
    title: &str,
    caption: &str,
    steps: &[(&str, Option<i64>)],
) -> Result<(), DrawingAreaErrorKind<io::Error>> {
    let area = SVGBackend::with_string(picture, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let known: Vec<(&str, i64)> = steps.iter().filter_map(|&(name, count)| Some((name, count?))).collect();
    let most = known.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1) as f64;
    let rows = known.len() as f64;
    let mut cut: String = title.chars().take(MOST_OF_TITLE).collect();
    if cut.len() < title.len() {
        cut.push('…');
    }
    let caption = format!("{cut}: {caption}");
    // Names stand left of the bars, and counts right of them: there is room for both.
    let mut chart = ChartBuilder::on(&area)
        .caption(caption, ("sans-serif", 24))
        .margin(16)
        .build_cartesian_2d(-0.22..1.12, rows..0.0)?;
    let place = |horizontal| Pos::new(horizontal, VPos::Center);
    let style = |horizontal| ("sans-serif", 17).into_font().color(&BLACK).pos(place(horizontal));
    for (nth, (name, count)) in known.iter().enumerate() {
        let (top, width) = (nth as f64, *count as f64 / most);
        let bar = Rectangle::new([(0.0, top + 0.15), (width, top + 0.85)], BLUE.mix(0.8).filled());
        chart.draw_series([bar])?;
        let middle = top + 0.5;
        chart.draw_series([
            Text::new((*name).to_owned(), (-0.01, middle), style(HPos::Right)),
            Text::new(count.to_string(), (width + 0.01, middle), style(HPos::Left)),
        ])?;
    }
    area.present()
}
