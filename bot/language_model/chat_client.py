"""Calls a language model over the chat completions protocol, within a deadline."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.language_model.background_loop import BackgroundLoop
from bot.language_model.configuration import ModelEndpoint
from knowledge.selector import Messages

CLOSING_SECONDS = 1.0
NO_KEY = "unused"  # the client insists on a key, even for servers that need none


class NoReply(Exception):
    """The model gave no usable reply. `reason` is for the log and the doctor: it holds no content and no key.

    `is_outage`: it's the server's fault and not the question's.
    """

    def __init__(self, reason: str, *, is_outage: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_outage = is_outage


class ChatClient:
    """Thread-safe. It keeps its connections open between calls."""

    def __init__(self, endpoint: ModelEndpoint) -> None:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        self._model = endpoint.model
        self._options: dict[str, Any] = {"temperature": 0}
        self._loop = BackgroundLoop("language-model")
        self._client = AsyncOpenAI(
            base_url=endpoint.url,
            api_key=endpoint.key.get_secret_value() or NO_KEY,
            max_retries=0,
            # A redirect would take the question to a host that nobody configured.
            http_client=DefaultAsyncHttpxClient(follow_redirects=False),
        )

    def complete(self, messages: Messages, name: str, schema: Mapping[str, Any], seconds: float) -> str:
        """The model's reply, which should be JSON that fits the schema.

        Raises:
            NoReply: there is none within this many seconds, it was refused or cut off, or the server reports an error.
        """
        try:
            completion = self._loop.run(self._create(messages, name, schema, seconds), seconds)
        except Exception as error:
            raise _explain_error(error, seconds) from None
        return _read_content(completion)

    def close(self) -> None:
        with suppress(TimeoutError):
            self._loop.run(self._client.close(), CLOSING_SECONDS)
        self._loop.close()

    async def _create(self, messages: Messages, name: str, schema: Mapping[str, Any], seconds: float) -> Any:
        from openai import BadRequestError

        request: Any = {
            "model": self._model,
            "messages": list(messages),
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": name, "strict": True, "schema": schema},
            },
            "timeout": seconds,
        }
        try:
            return await self._client.chat.completions.create(**request, **self._options)
        except BadRequestError as error:
            # Reasoning models reject any temperature but their own.
            if not self._options or "temperature" not in str(error):
                raise
            self._options = {}
            return await self._client.chat.completions.create(**request)


def _explain_error(error: Exception, seconds: float) -> NoReply:
    """Never the error's own text: it may repeat the request."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    if isinstance(error, TimeoutError | APITimeoutError):
        return NoReply(f"there was no reply within {seconds:g} seconds")
    if isinstance(error, APIConnectionError):
        return NoReply("no connection could be made")
    if isinstance(error, APIStatusError):
        return NoReply(f"the server replied with status {error.status_code}")
    return NoReply(f"the reply couldn't be read ({type(error).__name__})")


def _read_content(completion: Any) -> str:
    try:
        choice = completion.choices[0]
        content, ending = choice.message.content, choice.finish_reason
        refusal = getattr(choice.message, "refusal", None)
    except (AttributeError, IndexError, TypeError):
        raise NoReply("the reply doesn't follow the protocol") from None
    if refusal or ending == "content_filter":
        raise NoReply("the model refused", is_outage=False)
    if ending == "length":
        raise NoReply("the reply was cut off", is_outage=False)
    if not isinstance(content, str) or not content:
        raise NoReply("the reply is empty")
    return content
