// Block Kit: one component per block type.
import { Guard } from "../guard.js";
import { html, memo } from "../lib.js";
import { Alert } from "./alert.js";
import { Card, Carousel } from "./card.js";
import { Actions, ContextActions } from "./actions.js";
import { Container } from "./container.js";
import { DataTable } from "./data_table.js";
import { DataVisualization } from "./data_visualization.js";
import { FileBlock, ImageBlock, Video } from "./media.js";
import { Input } from "./input.js";
import { MarkdownBlock } from "./markdown.js";
import { Plan, TaskCard } from "./plan.js";
import { RichText } from "./rich_text.js";
import { Context, Divider, Header, Section } from "./text_blocks.js";
import { Table } from "./table.js";

const BLOCKS = {
  actions: Actions,
  alert: Alert,
  card: Card,
  carousel: Carousel,
  container: Container,
  context: Context,
  context_actions: ContextActions,
  data_table: DataTable,
  data_visualization: DataVisualization,
  divider: Divider,
  file: FileBlock,
  header: Header,
  image: ImageBlock,
  input: Input,
  markdown: MarkdownBlock,
  plan: Plan,
  rich_text: RichText,
  section: Section,
  table: Table,
  task_card: TaskCard,
  video: Video,
};

export function Blocks({ blocks }) {
  return html`<div class="blocks">
    ${(blocks ?? []).map((block, at) => html`<${Block} key=${block.block_id ?? at} block=${block} />`)}
  </div>`;
}

export const Block = memo(function Block({ block }) {
  const Kind = BLOCKS[block.type];
  if (!Kind) return html`<p class="unknown-block">This page can't show “${String(block.type)}” blocks.</p>`;
  const instead = html`<p class="unknown-block">This “${block.type}” block is malformed.</p>`;
  return html`<${Guard} of=${block} instead=${instead}
    ><div class=${`block block-${block.type}`} data-block-id=${block.block_id}>
      <${Kind} block=${block} Blocks=${Blocks} /></div
  ><//>`;
});
