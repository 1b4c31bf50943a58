//! A chart as a picture in a line, with its alternative text.

use super::picture_id;
use super::xml::Xml;
use crate::raster::Picture;

const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006";

/// English metric units: 360,000 to the centimetre.
const PAGE_WIDTH: u64 = 5_976_000;
const TALLEST: u64 = 7_560_000;

/// Writes the picture of a chart. `name` says which chart it is, for when the document comes back.
pub(super) fn write(xml: &mut Xml, index: usize, name: &str, description: &str, picture: &Picture) {
    let (width, height) = extent(picture);
    let (width, height) = (width.to_string(), height.to_string());
    let size = [("cx", width.as_str()), ("cy", height.as_str())];
    let id = (index + 1).to_string();
    xml.open("w:r", &[]);
    xml.open("w:drawing", &[]);
    xml.open("wp:inline", &[("distT", "0"), ("distB", "0"), ("distL", "0"), ("distR", "0")]);
    xml.empty("wp:extent", &size);
    xml.empty("wp:docPr", &[("id", &id), ("name", name), ("descr", description)]);
    let main = format!("{DRAWING}/main");
    xml.open("wp:cNvGraphicFramePr", &[]);
    xml.empty("a:graphicFrameLocks", &[("xmlns:a", &main), ("noChangeAspect", "1")]);
    xml.close("wp:cNvGraphicFramePr");
    xml.open("a:graphic", &[("xmlns:a", &main)]);
    let kind = format!("{DRAWING}/picture");
    xml.open("a:graphicData", &[("uri", &kind)]);
    xml.open("pic:pic", &[("xmlns:pic", &kind)]);
    xml.open("pic:nvPicPr", &[]);
    xml.empty("pic:cNvPr", &[("id", &id), ("name", name), ("descr", description)]);
    xml.empty("pic:cNvPicPr", &[]);
    xml.close("pic:nvPicPr");
    xml.open("pic:blipFill", &[]);
    xml.empty("a:blip", &[("r:embed", &picture_id(index))]);
    xml.open("a:stretch", &[]);
    xml.empty("a:fillRect", &[]);
    xml.close("a:stretch");
    xml.close("pic:blipFill");
    xml.open("pic:spPr", &[]);
    xml.open("a:xfrm", &[]);
    xml.empty("a:off", &[("x", "0"), ("y", "0")]);
    xml.empty("a:ext", &size);
    xml.close("a:xfrm");
    xml.open("a:prstGeom", &[("prst", "rect")]);
    xml.empty("a:avLst", &[]);
    xml.close("a:prstGeom");
    xml.close("pic:spPr");
    xml.close("pic:pic");
    xml.close("a:graphicData");
    xml.close("a:graphic");
    xml.close("wp:inline");
    xml.close("w:drawing");
    xml.close("w:r");
}

/// As wide as the text, unless that would be taller than a page can hold with its heading.
fn extent(picture: &Picture) -> (u64, u64) {
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    let tall = PAGE_WIDTH * height / width;
    if tall <= TALLEST { (PAGE_WIDTH, tall) } else { (TALLEST * width / height, TALLEST) }
}
