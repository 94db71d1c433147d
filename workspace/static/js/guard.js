// What cannot be drawn must not take the page with it.
import { Component } from "./lib.js";

/** Draws its children, and `instead` where they cannot be drawn. They are tried again when `of` is another. */
export class Guard extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ broken: this.props.of });
  }
  render({ of, instead, children }, { broken }) {
    return broken === of ? instead : children;
  }
}
