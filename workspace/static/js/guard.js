// An error while drawing one part must not break the page.
import { Component } from "./lib.js";

/** Draws its children, or `instead` if that fails. Tries again when `of` changes. */
export class Guard extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ broken: this.props.of });
  }
  render({ of, instead, children }, { broken }) {
    return broken === of ? instead : children;
  }
}
