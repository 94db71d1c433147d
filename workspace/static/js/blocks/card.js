// A card, and a carousel of cards.
import { Picture } from "../elements/picture.js";
import { Actions } from "./actions.js";
import { icon } from "../icons.js";
import { html, useRef } from "../lib.js";
import { Text, textOf } from "../text.js";

export function Card({ block }) {
  const actions = block.actions ?? [];
  return html`<article class="card" aria-label=${textOf(block.title) || "Card"}>
    ${block.hero_image && html`<${Picture} image=${block.hero_image} className="card-hero" />`}
    <div class="card-main">
      ${
        (block.icon || block.title || block.subtitle) &&
        html`<div class="card-head">
          ${block.icon && html`<${Picture} image=${block.icon} className="card-icon" />`}
          <div>
            ${block.title && html`<div class="card-title"><${Text} object=${block.title} /></div>`}
            ${block.subtitle && html`<div class="card-subtitle"><${Text} object=${block.subtitle} /></div>`}
          </div>
        </div>`
      }
      ${block.body && html`<div class="card-body"><${Text} object=${block.body} /></div>`}
      ${block.subtext && html`<div class="card-subtitle"><${Text} object=${block.subtext} /></div>`}
    </div>
    ${actions.length > 0 && html`<${Actions} block=${{ ...block, elements: actions }} />`}
  </article>`;
}

export function Carousel({ block }) {
  const row = useRef();
  const turn = (way) => row.current.scrollBy({ left: way * row.current.clientWidth * 0.8, behavior: "smooth" });
  return html`<div class="carousel" role="group" aria-label="Cards">
    <button type="button" class="carousel-turn" aria-label="Previous cards" onClick=${() => turn(-1)}>
      ${icon("left")}
    </button>
    <div class="carousel-row" ref=${row} tabindex="0" role="list" aria-label="Cards, scroll sideways">
      ${(block.elements ?? []).map((card) => html`<div role="listitem"><${Card} block=${card} /></div>`)}
    </div>
    <button type="button" class="carousel-turn" aria-label="Next cards" onClick=${() => turn(1)}>
      ${icon("right")}
    </button>
  </div>`;
}
