"""Words for codes on both faces: questions, answers, labels, standing messages, errors."""
