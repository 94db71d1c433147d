"""Everything that slack_sdk's builders produce is accepted: the checks aren't stricter than Slack's own tools."""

from typing import Any

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks.basic_components import DispatchActionConfig, SlackFile
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View

from workspace.checks import check_blocks, check_message, check_view

PARTS = sdk.RichTextElementParts
CHOICES = [sdk.Option(text="Green", value="green"), sdk.Option(text="Amber", value="amber", description="Act soon")]
GROUPS = [sdk.OptionGroup(label="Health", options=CHOICES)]
CONFIRM = sdk.ConfirmObject(title="Sure?", text="*Closes* the request", style="danger")
BUTTON = sdk.ButtonElement(text="Open", action_id="open", value="REQ-7", style="primary", confirm=CONFIRM)
PICTURE = sdk.ImageElement(image_url="https://example.org/a.png", alt_text="Burn-up")
SENTENCE = sdk.RichTextSectionElement(
    elements=[
        PARTS.Text(text="Ask ", style=PARTS.TextStyle(bold=True)),
        PARTS.User(user_id="U03WEI"),
        PARTS.Channel(channel_id="C07ASK"),
        PARTS.Link(url="https://example.org", text="handbook"),
        PARTS.Emoji(name="wave"),
        PARTS.Broadcast(range="here"),
        PARTS.Date(timestamp=1_790_000_000, format="{date_short}", fallback="21 Sep 2026"),
    ]
)
RICH = sdk.RichTextBlock(
    elements=[
        SENTENCE,
        sdk.RichTextListElement(elements=[SENTENCE], style="bullet", indent=1, border=0),
        sdk.RichTextQuoteElement(elements=[PARTS.Text(text="Start small.")]),
        sdk.RichTextPreformattedElement(elements=[PARTS.Text(text="pmo serve")]),
    ]
)
CARD = sdk.CardBlock(title="Digital meters", subtitle="On track", body="_Two risks_", icon=PICTURE, actions=[BUTTON])
TASK = sdk.TaskCardBlock(
    task_id="t1",
    title="Read the handbook",
    status="complete",
    details=RICH,
    sources=[sdk.UrlSourceElement(url="https://example.org", text="Handbook")],
)

ANYWHERE: list[sdk.Block] = [
    sdk.SectionBlock(text="*Health check*", accessory=BUTTON, block_id="card"),
    sdk.SectionBlock(fields=["*Owner*\nWei", "*Due*\n3 Oct"], expand=True),
    sdk.SectionBlock(text=sdk.PlainTextObject(text="Choose", emoji=True), accessory=PICTURE),
    sdk.SectionBlock(text="More", accessory=sdk.OverflowMenuElement(action_id="more", options=CHOICES)),
    sdk.HeaderBlock(text="Weekly digest"),
    sdk.DividerBlock(),
    sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="Updated *today*", verbatim=True), PICTURE]),
    sdk.ActionsBlock(
        elements=[
            BUTTON,
            sdk.LinkButtonElement(text="Handbook", url="https://example.org/handbook", action_id="link"),
            sdk.StaticSelectElement(placeholder="Health", options=CHOICES, initial_option=CHOICES[0], action_id="s"),
            sdk.StaticMultiSelectElement(option_groups=GROUPS, action_id="m", max_selected_items=2),
            sdk.UserSelectElement(placeholder="Owner", action_id="u", initial_user="U03WEI"),
            sdk.UserMultiSelectElement(action_id="um", initial_users=["U03WEI"]),
            sdk.ChannelSelectElement(placeholder="Channel", action_id="c"),
            sdk.ConversationSelectElement(
                action_id="cv", filter=sdk.ConversationFilter(include=["public"], exclude_bot_users=True)
            ),
            sdk.ExternalDataSelectElement(placeholder="Project", action_id="e", min_query_length=0),
            sdk.DatePickerElement(action_id="d", initial_date="2026-10-03", placeholder="Due"),
            sdk.TimePickerElement(action_id="t", initial_time="09:30", timezone="Europe/Paris"),
            sdk.CheckboxesElement(action_id="x", options=CHOICES, initial_options=[CHOICES[1]]),
            sdk.RadioButtonsElement(action_id="r", options=CHOICES, initial_option=CHOICES[1]),
        ]
    ),
    sdk.ImageBlock(image_url="https://example.org/a.png", alt_text="Burn-up", title="Burn-up"),
    sdk.ImageBlock(slack_file=SlackFile(id="F01"), alt_text="Burn-up"),
    sdk.InputBlock(label="Name", element=sdk.PlainTextInputElement(action_id="n", max_length=80), hint="Short"),
    RICH,
]
MODAL_INPUTS: list[sdk.InputInteractiveElement] = [
    sdk.EmailInputElement(action_id="e", placeholder="wei@example.org"),
    sdk.UrlInputElement(action_id="u"),
    sdk.NumberInputElement(action_id="n", is_decimal_allowed=True, min_value="0", max_value="1", initial_value="0.5"),
    sdk.DateTimePickerElement(action_id="d", initial_date_time=1_790_000_000),
    sdk.RichTextInputElement(action_id="r", initial_value=RICH),
    FileInputElement(action_id="f", filetypes=["pdf"], max_files=2),
    sdk.PlainTextInputElement(
        action_id="p",
        multiline=True,
        dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_enter_pressed"]),
    ),
    sdk.ConversationSelectElement(action_id="c", response_url_enabled=True, default_to_current_conversation=True),
]
MESSAGE_ONLY: list[sdk.Block] = [
    sdk.MarkdownBlock(text="# Digest\n\n- one"),
    sdk.TableBlock(
        rows=[
            [sdk.RawTextObject(text="Project").to_dict(), sdk.RawTextObject(text="Health").to_dict()],
            [RICH.to_dict(), sdk.RawTextObject(text="Amber").to_dict()],
        ],
        column_settings=[{"is_wrapped": True}, {"align": "right"}],
    ),
    CARD,
    sdk.CarouselBlock(elements=[CARD, CARD]),
    sdk.ContainerBlock(title="Ideas", child_blocks=ANYWHERE[:3], is_collapsible=True, default_collapsed=True),
    sdk.PlanBlock(title="Reading", tasks=[TASK]),
    TASK,
    sdk.ContextActionsBlock(
        elements=[
            sdk.FeedbackButtonsElement(
                action_id="feedback",
                positive_button=sdk.FeedbackButtonObject(text="Good answer", value="good"),
                negative_button=sdk.FeedbackButtonObject(text="Bad answer", value="bad", accessibility_label="Bad"),
            ),
            sdk.IconButtonElement(action_id="delete", icon="trash", text="Delete", value="1"),
        ]
    ),
]


def shown(block: sdk.Block) -> dict[str, Any]:
    return block.to_dict()


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize("block", ANYWHERE, ids=lambda block: block.type)
def test_common_blocks_are_accepted_on_every_surface(block: sdk.Block, surface: Any) -> None:
    assert check_blocks([shown(block)], surface) == []


@pytest.mark.parametrize("block", MESSAGE_ONLY, ids=lambda block: block.type)
def test_message_blocks_are_accepted_in_messages(block: sdk.Block) -> None:
    metadata = Metadata(event_type="digest", event_payload={"week": 40})
    assert check_message({"text": "Digest", "blocks": [shown(block)], "metadata": metadata.to_dict()}) == []


@pytest.mark.parametrize("element", MODAL_INPUTS, ids=lambda element: element.type)
def test_every_input_is_accepted_in_a_modal(element: sdk.InputInteractiveElement) -> None:
    view = View(
        type="modal",
        title=sdk.PlainTextObject(text="New request"),
        submit=sdk.PlainTextObject(text="Send"),
        close=sdk.PlainTextObject(text="Cancel"),
        callback_id="request",
        private_metadata="{}",
        notify_on_close=True,
        blocks=[sdk.AlertBlock(text="Two days left", level="warning"), sdk.InputBlock(label="Field", element=element)],
    )
    assert check_view(view.to_dict()) == []


def test_a_home_tab_is_accepted() -> None:
    assert check_view(View(type="home", callback_id="home", blocks=ANYWHERE).to_dict()) == []
