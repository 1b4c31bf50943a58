//! Drawings as pixels, for documents that show no SVG.

use std::sync::{Arc, LazyLock};

use dejavu::{sans_condensed, sans_mono};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use crate::charts::{Chart, chart_svg};

/// Why a drawing could not be made into pixels.
#[derive(Debug, thiserror::Error)]
pub enum RasterError {
    /// The drawing is not what its writer should have made.
    #[error("the drawing of a chart cannot be read")]
    Drawing(#[source] resvg::usvg::Error),
    /// A side of the drawing is zero or beyond what a picture can hold.
    #[error("a drawing of {width} by {height} pixels cannot be made")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The picture could not be packed.
    #[error("the picture of a chart cannot be packed: {why}")]
    Packing {
        /// What the packer says.
        why: String,
    },
}

/// A picture.
pub(crate) struct Picture {
    pub(crate) png: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Pixels for each drawing unit: at 166 mm across, some 220 pixels an inch.
const SCALE: f32 = 2.0;

/// Only our own typefaces, so that every machine draws the same.
static TYPEFACES: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut typefaces = Database::new();
    let files = [sans_condensed::regular(), sans_condensed::bold(), sans_mono::regular()];
    for file in files {
        typefaces.load_font_data(file.to_vec());
    }
    let family = typefaces
        .faces()
        .next()
        .and_then(|face| face.families.first())
        .map(|(name, _)| name.clone())
        .unwrap_or_default();
    typefaces.set_sans_serif_family(family);
    Arc::new(typefaces)
});

/// A chart as a PNG file.
pub fn chart_png(chart: &Chart, synthetic: bool) -> Result<Vec<u8>, RasterError> {
    Ok(png(&chart_svg(chart, synthetic))?.png)
}

/// Draws an SVG document as PNG.
pub(crate) fn png(svg: &str) -> Result<Picture, RasterError> {
    let options = Options { fontdb: Arc::clone(&TYPEFACES), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(RasterError::Drawing)?;
    let size = tree.size();
    let pixels = |units: f32| (units * SCALE).ceil() as u32;
    let (width, height) = (pixels(size.width()), pixels(size.height()));
    let mut pixmap = Pixmap::new(width, height).ok_or(RasterError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    let png =
        pixmap.encode_png().map_err(|error| RasterError::Packing { why: error.to_string() })?;
    Ok(Picture { png, width, height })
}
