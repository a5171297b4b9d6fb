"""Operations of frameworks in the words of our configs."""
