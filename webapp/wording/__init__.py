"""The words of codes that both faces use: questions, answers, labels, standing messages."""
